import { IsIn } from 'class-validator';
import { Variable } from '#platform/start';

/** What trainings over HTTP may do. */
export class TrainingSettings {
  @Variable('TRAINING_FULL')
  @IsIn(['true', 'false'])
  readonly full: string = 'false';

  /** Whether a training may simulate as much as the command does without `--quick`. */
  get fullTrainingAllowed(): boolean {
    return this.full === 'true';
  }
}
