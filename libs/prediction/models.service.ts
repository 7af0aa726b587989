import { type ModelCard, type ModelListing, ModelStore, ModelStoreError, type StoredEvaluation } from '#ml';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { AppError, HealthIndicators, loggerOf } from '#platform';

/** What a prediction cannot do without. */
const NEEDED_KINDS = ['diagnosis', 'forecast'];

/** The models of the store, as the API shows them. */
@Injectable()
export class ModelsService implements OnApplicationBootstrap {
  private readonly logger = loggerOf('models');

  constructor(
    private readonly store: ModelStore,
    private readonly indicators: HealthIndicators,
  ) {}

  onApplicationBootstrap(): void {
    this.indicators.register('models', async () => {
      const active = (await this.store.list()).filter((listing) => listing.active).map(({ card }) => card);
      const missing = NEEDED_KINDS.filter((kind) => !active.some((card) => card.kind === kind));
      const unreadable = await this.store.unreadable();
      return {
        status: missing.length === 0 && unreadable.length === 0 ? 'up' : 'degraded',
        active: Object.fromEntries(active.map(({ name, version }) => [name, version])),
        ...(missing.length > 0 ? { missing } : {}),
        ...(unreadable.length > 0 ? { unreadable } : {}),
      };
    });
  }

  /** All readable versions of all models, the newest first within a model. */
  list(): Promise<ModelListing[]> {
    return this.store.list();
  }

  /** @throws AppError MODEL_NOT_FOUND, MODEL_NOT_USABLE */
  async card(name: string, version: string): Promise<ModelCard> {
    return this.orNotFound(name, () => this.store.card(name, version));
  }

  /**
   * What a version was measured at after its training; null when nobody has.
   * @throws AppError MODEL_NOT_FOUND
   */
  async evaluation(name: string, version: string): Promise<StoredEvaluation | null> {
    return this.orNotFound(name, () => this.store.evaluation(name, version));
  }

  /**
   * Uses a version from now on, once its files are known to be whole.
   * @throws AppError MODEL_NOT_FOUND, MODEL_NOT_USABLE
   */
  async activate(name: string, version: string): Promise<ModelCard> {
    return this.orNotFound(`${name} ${version}`, async () => {
      const card = await this.store.readableCard(name, version);
      await this.store.activate(name, version);
      this.logger.info({ model: name, version }, 'model in use');
      return card;
    });
  }

  /**
   * Which model a request means: `name` is the version in use, `name@version` that one.
   * @throws AppError MODEL_NOT_FOUND, MODEL_NOT_USABLE
   */
  async resolve(model: string): Promise<{ name: string; version: string }> {
    const [name, wanted] = model.split('@');
    return this.orNotFound(model, async () => {
      const version = wanted ?? (await this.store.activeVersion(name));
      await this.store.readableCard(name, version);
      return { name, version };
    });
  }

  private async orNotFound<T>(model: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ModelStoreError)) throw error;
      if (error.code === 'model_not_found') throw AppError.notFound('MODEL', 'model', model);
      throw AppError.unprocessable('MODEL_NOT_USABLE', error.message);
    }
  }
}
