/** The driver's error code of a failed statement, e.g. ER_DUP_ENTRY or SQLITE_CONSTRAINT_UNIQUE. */
export function driverCode(error: unknown): string {
  const failed = error as { code?: unknown; driverError?: { code?: unknown } } | undefined;
  const code = failed?.driverError?.code ?? failed?.code;
  return typeof code === 'string' ? code : '';
}

/** True when a statement failed because a row with that key exists. */
export function isDuplicateKey(error: unknown): boolean {
  return ['ER_DUP_ENTRY', 'SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY'].includes(
    driverCode(error),
  );
}

/** True when a row could not be deleted because others refer to it. */
export function isStillReferenced(error: unknown): boolean {
  return [
    'ER_ROW_IS_REFERENCED',
    'ER_ROW_IS_REFERENCED_2',
    'SQLITE_CONSTRAINT_FOREIGNKEY',
    'SQLITE_CONSTRAINT_TRIGGER',
  ].includes(driverCode(error));
}
