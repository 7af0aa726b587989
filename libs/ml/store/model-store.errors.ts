export type ModelStoreErrorCode = 'model_not_found' | 'model_corrupt' | 'model_not_usable';

/** A version, or the pointer to one, that is passed over because of what stands on the disk. */
export interface UnreadableVersion {
  readonly name: string;
  /** Null when it is the model's `active.json`. */
  readonly version: string | null;
  /** The file at fault; null when it is not a single one. */
  readonly file: string | null;
  readonly reason: string;
}

/** The store can't give what was asked for; `code` is stable. */
export class ModelStoreError extends Error {
  /** What is wrong on the disk, when it is that. */
  readonly unreadable: UnreadableVersion | undefined;

  constructor(
    readonly code: ModelStoreErrorCode,
    message: string | UnreadableVersion,
  ) {
    super(typeof message === 'string' ? message : describeUnreadable(message));
    this.name = 'ModelStoreError';
    this.unreadable = typeof message === 'string' ? undefined : message;
  }
}

/** In words, for logs and problem documents. */
export function describeUnreadable({ name, version, file, reason }: UnreadableVersion): string {
  const subject = version === null ? name : `${name} ${version}`;
  return file === null ? `${subject}: ${reason}` : `${subject}: ${file} ${reason}`;
}
