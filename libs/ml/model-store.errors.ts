export type ModelStoreErrorCode = 'model_not_found' | 'model_corrupt' | 'model_not_usable';

/** The store can't give what was asked for; `code` is stable. */
export class ModelStoreError extends Error {
  constructor(
    readonly code: ModelStoreErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'ModelStoreError';
  }
}
