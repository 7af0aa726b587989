/**
 * Chance that a positive scores higher than a negative, a tie counting half (Hanley and McNeil, Radiology 143, 1982).
 * @returns null without positives or negatives
 */
export function areaUnderRoc(positives: readonly number[], negatives: readonly number[]): number | null {
  if (positives.length === 0 || negatives.length === 0) return null;
  const all = [
    ...positives.map((score) => ({ score, positive: true })),
    ...negatives.map((score) => ({ score, positive: false })),
  ].sort((a, b) => a.score - b.score);
  let rankSum = 0;
  for (let from = 0; from < all.length;) {
    let to = from;
    while (to < all.length && all[to].score === all[from].score) to++;
    const meanRank = (from + to + 1) / 2;
    for (let i = from; i < to; i++) if (all[i].positive) rankSum += meanRank;
    from = to;
  }
  const [p, n] = [positives.length, negatives.length];
  return (rankSum - (p * (p + 1)) / 2) / (p * n);
}
