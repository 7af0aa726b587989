import { setTimeout } from 'node:timers/promises';
import { ingestBody, simulatedRecords } from '../harness/simulated-records.js';

const CLIENTS = 4;
const PAUSE_MS = 600;
const RECORDS_AT_ONCE = 100;
const REQUEST_TIMEOUT_MS = 20_000;
const RETRY_AFTER_MS = 500;
const RECORDS_PER_HOUR = 20;

export type PlantRecord = ReturnType<typeof simulatedRecords>[number];

export interface SampleStreamOptions {
  /** Time of the first record, epoch milliseconds. */
  startMs: number;
  /** What is sent before the clients begin. */
  historyHours: number;
  /** How much there is to send in all, in plant hours. */
  hours: number;
}

/** Four clients that send the records of a plant in turn, each record again until it is accepted. */
export class SampleStream {
  /** Records the product has accepted. */
  readonly accepted: PlantRecord[] = [];
  readonly violations: string[] = [];
  private readonly records: PlantRecord[];
  private readonly historyRecords: number;
  private next: number;
  private stopped = false;
  private clients: Promise<void>[] = [];

  constructor(
    private readonly apis: readonly { url: string }[],
    private readonly random: () => number,
    { startMs, historyHours, hours }: SampleStreamOptions,
  ) {
    this.records = simulatedRecords(startMs, { seed: 7, hours });
    this.historyRecords = historyHours * RECORDS_PER_HOUR;
    this.next = this.historyRecords;
  }

  /** Sends the history in one go, then begins to stream. */
  async begin(): Promise<void> {
    await this.send(this.records.slice(0, this.historyRecords));
    this.clients = Array.from({ length: CLIENTS }, () => this.client());
  }

  /** Sends what is left in large pieces; resolves once everything is accepted. */
  async end(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.clients);
    for (; this.next < this.records.length; this.next += RECORDS_AT_ONCE)
      await this.send(this.records.slice(this.next, this.next + RECORDS_AT_ONCE));
  }

  private async client(): Promise<void> {
    while (!this.stopped && this.next < this.records.length) {
      await this.send([this.records[this.next++]]);
      await setTimeout(PAUSE_MS * (0.5 + this.random()));
    }
  }

  private async send(records: PlantRecord[]): Promise<void> {
    const body = ingestBody(records);
    for (;;) {
      const status = await this.post(body).catch(() => 0);
      if (status === 200) return void this.accepted.push(...records);
      if (status === 500 || (status >= 400 && status < 500 && status !== 429)) {
        this.violations.push(`samples were answered with ${status}`);
        return;
      }
      await setTimeout(RETRY_AFTER_MS * (1 + this.random()));
    }
  }

  private async post(body: string): Promise<number> {
    const { url } = this.apis[Math.floor(this.random() * this.apis.length)];
    const answer = await fetch(`${url}/api/v1/timeseries`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    await answer.arrayBuffer();
    return answer.status;
  }
}
