import { AppError } from '../failure/errors.js';

/** Documents the ETag of an answer, for `headers`. */
export const ETAG_HEADER = {
  ETag: { description: 'Version, for If-Match', schema: { type: 'string', example: '"1"' } },
} as const;

/** The ETag of a row's version, e.g. `"3"`. */
export function entityTag(version: number): string {
  return `"${version}"`;
}

/**
 * The version an If-Match header asks for.
 * @throws AppError IF_MATCH_REQUIRED (428) without the header, IF_MATCH_INVALID (400) when it is not one of our tags
 */
export function versionOfIfMatch(ifMatch: string | undefined): number {
  if (ifMatch === undefined) {
    throw new AppError({
      kind: 'precondition_required',
      code: 'IF_MATCH_REQUIRED',
      message: "Send If-Match with the ETag of the version you read, so that nobody else's change is lost",
    });
  }
  const match = /^(?:W\/)?"(\d{1,15})"$/.exec(ifMatch.trim());
  if (!match) {
    throw new AppError({
      kind: 'invalid',
      code: 'IF_MATCH_INVALID',
      message: 'If-Match is not an ETag of this API, e.g. "3"',
    });
  }
  return Number(match[1]);
}

/** The refusal of an update based on an old version (412). */
export function versionConflict(currentVersion: number): AppError {
  return new AppError({
    kind: 'precondition_failed',
    code: 'VERSION_CONFLICT',
    message: `Somebody changed it meanwhile; its version is now ${entityTag(currentVersion)}. Read it again and repeat the change`,
    details: { current_etag: entityTag(currentVersion) },
  });
}
