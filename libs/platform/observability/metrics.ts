import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { loggerOf } from './logger.js';
import { OutageLog } from '../failure/outage-log.js';
import { withPatience } from '../failure/patience.js';

/** Of time in which this process ran. Longer than a part's answer about its health may take, which is a figure, too. */
const COLLECT_TIMEOUT_MS = 4_000;

/** The Prometheus registry of this process. Features make their own figures with `counter`, `gauge` and `histogram`. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();
  private readonly logger = loggerOf('metrics');

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  counter<Label extends string>(name: string, help: string, labelNames: Label[] = []): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  /**
   * A figure that is asked for at each scrape. One that cannot be had, or not within 4 s, is missing from that scrape.
   * @param collect sets the value
   */
  gauge<Label extends string>(
    name: string,
    help: string,
    labelNames: Label[],
    collect: (gauge: Gauge<Label>) => Promise<void>,
  ): void {
    const outages = new OutageLog(this.logger, { metric: name });
    new Gauge({
      name,
      help,
      labelNames,
      registers: [this.registry],
      async collect(): Promise<void> {
        try {
          await withPatience(COLLECT_TIMEOUT_MS, collect(this));
          outages.worked();
        } catch (error) {
          this.reset();
          // Without labels a reset leaves a zero.
          if (labelNames.length === 0) this.remove();
          outages.failed(error, 'no figure for the metric');
        }
      },
    });
  }

  histogram<Label extends string>(
    name: string,
    help: string,
    labelNames: Label[],
    buckets: number[],
  ): Histogram<Label> {
    return new Histogram({ name, help, labelNames, buckets, registers: [this.registry] });
  }
}
