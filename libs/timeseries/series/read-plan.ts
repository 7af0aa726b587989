/** Tags to read with one statement. */
export interface ReadGroup {
  tagIds: number[];
  /** More rows than one statement should return: to be read in pages. Only ever of a single tag. */
  paged: boolean;
}

/**
 * Groups tags so that a statement returns about `rowsPerRead` rows: few statements, none of them long.
 * @param rowsOf how many rows each tag is expected to have
 */
export function readGroups(
  tagIds: readonly number[],
  rowsOf: (tagId: number) => number,
  rowsPerRead: number,
): ReadGroup[] {
  const groups: ReadGroup[] = [];
  let rows = Infinity;
  for (const tagId of tagIds) {
    const own = rowsOf(tagId);
    const current = groups.at(-1);
    if (current && rows + own <= rowsPerRead) {
      current.tagIds.push(tagId);
      rows += own;
    } else {
      groups.push({ tagIds: [tagId], paged: own > rowsPerRead });
      rows = own;
    }
  }
  return groups;
}
