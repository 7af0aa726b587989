import type { AlarmEpisode } from '#ml';
import type { Contribution } from './anomaly.entity.js';

/** An anomaly names this many tags; the rest say little. */
const NAMED_TAGS = 10;

/** The tags that speak most for an episode, the loudest first. */
export function contributionsOf({ shares }: AlarmEpisode, tagCodes: readonly string[]): Contribution[] {
  return shares
    .map((share, i) => ({ tag: tagCodes[i], share }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share)
    .slice(0, NAMED_TAGS);
}
