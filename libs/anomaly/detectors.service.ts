import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DETECTOR_NAMES, type DetectorName, loadDetector, loadDetectors, ModelStore } from '#ml';
import { AppError, Config, HealthIndicators, loggerOf } from '#platform';
import { DetectorStream } from './detector-stream.js';

/** The detectors of the model store. */
@Injectable()
export class Detectors implements OnApplicationBootstrap {
  private readonly logger = loggerOf('detectors');
  private readonly store: ModelStore;
  private readonly unusable = new Set<string>();

  constructor(
    config: Config,
    private readonly indicators: HealthIndicators,
  ) {
    this.store = new ModelStore(config.modelsDir);
  }

  onApplicationBootstrap(): void {
    this.indicators.register('detectors', async () => {
      const active = await this.activeVersions();
      return { status: Object.keys(active).length > 0 ? 'up' : 'degraded', active };
    });
  }

  /** A fresh stream of every detector that has a usable version, the primary one first. */
  async openStreams(): Promise<DetectorStream[]> {
    const loaded = await loadDetectors(this.store);
    this.logger.info(
      { detectors: loaded.map(({ name, version }) => `${name} ${version}`) },
      'detectors loaded',
    );
    return loaded.map((detector) => new DetectorStream(detector));
  }

  /**
   * The streams to go on with when other versions have come into use: those still in use as they are, fresh ones of the
   * rest. A version that cannot be loaded is said so once and left alone; its predecessor stays.
   * @returns undefined when nothing has changed
   */
  async changedStreams(running: readonly DetectorStream[]): Promise<DetectorStream[] | undefined> {
    const active = await this.activeVersions();
    const streams: DetectorStream[] = [];
    for (const name of DETECTOR_NAMES) {
      const before = running.find(({ loaded }) => loaded.name === name);
      const version = active[name] as string | undefined;
      const stream = before?.loaded.version === version ? before : await this.open(name, version, before);
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
    const active = await this.activeVersions();
    const missing = names.filter((name) => !(name in active));
    if (missing.length > 0) {
      throw AppError.unprocessable(
        'DETECTOR_NOT_AVAILABLE',
        `There is no usable model of ${missing.join(', ')}`,
        {
          available: Object.keys(active),
        },
      );
    }
    return Promise.all(names.map(async (name) => new DetectorStream(await loadDetector(this.store, name))));
  }

  private async open(
    name: DetectorName,
    version: string | undefined,
    before: DetectorStream | undefined,
  ): Promise<DetectorStream | undefined> {
    if (version === undefined || this.unusable.has(`${name} ${version}`)) return before;
    try {
      const stream = new DetectorStream(await loadDetector(this.store, name, version));
      this.logger.info({ detector: name, version, before: before?.loaded.version }, 'detector in use');
      return stream;
    } catch (error) {
      this.unusable.add(`${name} ${version}`);
      this.logger.error({ err: error, detector: name, version }, 'version cannot be used');
      return before;
    }
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
}
