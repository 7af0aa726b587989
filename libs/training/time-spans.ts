/** A half-open stretch of plant time, `[from, to)`, epoch milliseconds. */
export interface TimeSpan {
  from: number;
  to: number;
}

/** The same time as spans in order that do not touch. */
export function unionOf(spans: readonly TimeSpan[]): TimeSpan[] {
  const union: TimeSpan[] = [];
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    const last = union.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else union.push({ from, to });
  }
  return union;
}

/** What is left of the spans, in order, when the holes are taken out. */
export function without(spans: readonly TimeSpan[], holes: readonly TimeSpan[]): TimeSpan[] {
  const gaps = unionOf(holes);
  return unionOf(spans).flatMap((span) => {
    const left: TimeSpan[] = [];
    let from = span.from;
    for (const hole of gaps) {
      if (hole.to <= from || hole.from >= span.to) continue;
      if (hole.from > from) left.push({ from, to: hole.from });
      from = hole.to;
    }
    return from < span.to ? [...left, { from, to: span.to }] : left;
  });
}

/** Length of spans that do not overlap [ms]. */
export function lengthOf(spans: readonly TimeSpan[]): number {
  return spans.reduce((sum, { from, to }) => sum + to - from, 0);
}
