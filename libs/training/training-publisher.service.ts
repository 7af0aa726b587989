import { type ModelCard, ModelStore, ModelStoreError, passesItsGates, type TrainedVersion } from '#ml';
import { Injectable } from '@nestjs/common';
import { Database, JobLockLostError, loggerOf } from '#platform';
import type { ModelTraining, TrainingResult } from './training.entity.js';
import { TrainingRepository } from './training.repository.js';

/** Writes what a training has made into the model store, once. */
@Injectable()
export class TrainingPublisher {
  private readonly logger = loggerOf('training');

  constructor(
    private readonly store: ModelStore,
    private readonly repository: TrainingRepository,
    private readonly database: Database,
  ) {}

  /** Whether an attempt at this training has written its version before it lost its worker. */
  async isWritten(training: ModelTraining): Promise<boolean> {
    return (await this.writtenCard(training)) !== undefined;
  }

  /**
   * Writes the version, puts it into use if that is wanted and its gates allow it, and completes the row, all while the row
   * is locked: a training that was cancelled or given to another worker writes nothing, and whoever comes after a worker
   * that died in here finds its version by the job's id.
   * @param version absent when it is written already
   * @throws JobLockLostError
   */
  publish(training: ModelTraining, version: TrainedVersion | undefined): Promise<TrainingResult> {
    return this.database.transaction(async () => {
      if (!(await this.repository.enterPhase(training, 'done'))) throw new JobLockLostError();
      const card = (await this.writtenCard(training)) ?? (await this.write(training, version));
      const gatesPassed = passesItsGates(card);
      const activated = training.activate && gatesPassed;
      if (activated) await this.store.activate(card.name, card.version);
      const result: TrainingResult = { ...summaryOf(card), gatesPassed, activated };
      await this.repository.complete(training, { result, modelVersion: card.version });
      const { name: model, version: number } = card;
      this.logger.info(
        { job_id: training.jobId, model, version: number, gatesPassed, activated },
        'model trained',
      );
      return result;
    });
  }

  private async writtenCard({ modelName, jobId }: ModelTraining): Promise<ModelCard | undefined> {
    const cards = (await this.store.list(modelName)).map(({ card }) => card);
    return cards.find((card) => card.training.job_id === jobId);
  }

  private async write(training: ModelTraining, version: TrainedVersion | undefined): Promise<ModelCard> {
    if (!version) throw new Error('the version that was written before has gone');
    if (!training.activate) await this.keepInUse(training.modelName);
    const { draft, files } = version;
    const withJob = { ...draft, training: { ...draft.training, job_id: training.jobId } };
    return this.store.save(withJob, files);
  }

  /** Without this the new version would be used because it is the newest. */
  private async keepInUse(modelName: string): Promise<void> {
    try {
      await this.store.activate(modelName, await this.store.activeVersion(modelName));
    } catch (error) {
      if (!(error instanceof ModelStoreError)) throw error;
    }
  }
}

/** What the row repeats of the card. */
function summaryOf({
  version,
  gates,
  data,
}: ModelCard): Pick<TrainingResult, 'version' | 'gates' | 'samples' | 'leftOut'> {
  return {
    version,
    gates,
    samples: (data.samples ?? null) as TrainingResult['samples'],
    leftOut: (data.left_out ?? null) as unknown as TrainingResult['leftOut'],
  };
}
