import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import {
  DETECTOR_NAMES,
  type DetectorName,
  loadDetector,
  loadDetectors,
  ModelStore,
  ModelStoreError,
} from '#ml';
import { AppError, HealthIndicators, loggerOf, startStep } from '#platform';
import { DetectorStream } from './detector-stream.js';

/** The detectors of the model store. */
@Injectable()
export class Detectors implements OnApplicationBootstrap {
  private readonly logger = loggerOf('detectors');

  constructor(
    private readonly store: ModelStore,
    private readonly indicators: HealthIndicators,
  ) {}

  onApplicationBootstrap(): void {
    this.indicators.register('detectors', async () => {
      const active = await this.activeVersions();
      return { status: Object.keys(active).length > 0 ? 'up' : 'degraded', active };
    });
  }

  /** A fresh stream of every detector that has a usable version, the primary one first. */
  async openStreams(): Promise<DetectorStream[]> {
    const loaded = await startStep('loading the detectors', () => loadDetectors(this.store));
    this.logger.info(
      { detectors: loaded.map(({ name, version }) => `${name} ${version}`) },
      'detectors loaded',
    );
    return loaded.map((detector) => new DetectorStream(detector));
  }

  /**
   * The streams to go on with when other versions have come into use: those still in use as they are, fresh ones of the
   * rest. A detector of which no version can be used any more goes on as it is.
   * @returns undefined when nothing has changed
   */
  async changedStreams(running: readonly DetectorStream[]): Promise<DetectorStream[] | undefined> {
    const active = await this.activeVersions();
    const streams: DetectorStream[] = [];
    for (const name of DETECTOR_NAMES) {
      const before = running.find(({ loaded }) => loaded.name === name);
      const isSame = before?.loaded.version === active[name];
      const stream = isSame ? before : await this.current(name, before);
      if (stream) streams.push(stream);
    }
    const unchanged =
      streams.length === running.length && streams.every((stream) => running.includes(stream));
    return unchanged ? undefined : streams;
  }

  /**
   * Fresh streams of the named detectors.
   * @throws AppError DETECTOR_NOT_AVAILABLE
   */
  async openNamed(names: readonly DetectorName[]): Promise<DetectorStream[]> {
    return Promise.all(names.map((name) => this.openOne(name)));
  }

  /** Version in use by detector. */
  async activeVersions(): Promise<Record<string, string>> {
    const entries = await Promise.all(
      DETECTOR_NAMES.map(
        async (name) => [name, await this.store.activeVersion(name).catch(() => undefined)] as const,
      ),
    );
    return Object.fromEntries(
      entries.filter((entry): entry is [DetectorName, string] => entry[1] !== undefined),
    );
  }

  private async current(
    name: DetectorName,
    before: DetectorStream | undefined,
  ): Promise<DetectorStream | undefined> {
    try {
      const loaded = await loadDetector(this.store, name);
      if (loaded.version === before?.loaded.version) return before;
      const from = before?.loaded.version;
      this.logger.info({ detector: name, version: loaded.version, before: from }, 'detector in use');
      return new DetectorStream(loaded);
    } catch (error) {
      if (!(error instanceof ModelStoreError)) throw error;
      return before;
    }
  }

  private async openOne(name: DetectorName): Promise<DetectorStream> {
    try {
      return new DetectorStream(await loadDetector(this.store, name));
    } catch (error) {
      if (!(error instanceof ModelStoreError)) throw error;
      const available = Object.keys(await this.activeVersions());
      throw AppError.unprocessable('DETECTOR_NOT_AVAILABLE', `There is no usable model of ${name}`, {
        available,
      });
    }
  }
}
