import type { IngestEntry } from '#timeseries';

/** What the scorer has to do about samples that came late. */
export interface LateSamples {
  /** The first of them that can be scored in its place; undefined when there is none. */
  from: number | undefined;
  /** How many writes hold samples from before anything the detectors remember. */
  unscored: number;
}

/**
 * Finds the writes that reach back behind the scorer.
 * @param scoredTo samples up to here have been scored
 * @param rememberedFrom the scorer's oldest checkpoint: samples after it can be scored again
 */
export function lateSamples(
  entries: readonly IngestEntry[],
  scoredTo: number,
  rememberedFrom: number,
): LateSamples {
  let from = Infinity;
  let unscored = 0;
  for (const { fromTs, toTs } of entries) {
    if (fromTs > scoredTo) continue;
    if (fromTs <= rememberedFrom) unscored++;
    if (toTs > rememberedFrom) from = Math.min(from, Math.max(fromTs, rememberedFrom + 1));
  }
  return { from: Number.isFinite(from) ? from : undefined, unscored };
}
