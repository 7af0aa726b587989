import { useSyncExternalStore } from 'react';
import type { Schemas } from './client.ts';

/** What `samples` carries of each tag (docs/api.md, "Events"). */
export interface SampleEvent {
  items: {
    tag: string;
    eq_id: string;
    ts: string;
    value: number;
    quality: Schemas['SensorValueDto']['quality'];
    limit_state: Schemas['SensorValueDto']['limit_state'];
  }[];
}

/** Epoch milliseconds of plant time, ascending, with their values. */
export interface LiveCurve {
  xs: number[];
  ys: number[];
}

/** Charts read the rest anew at least once a plant hour. */
const KEPT_MS = 2 * 3_600_000;
const MOST_KEPT = 8_000;

const curves = new Map<string, LiveCurve>();
let version = 0;
const onChange = new Set<() => void>();

function changed(): void {
  version += 1;
  for (const listener of onChange) listener();
}

/** Keeps what a chart adds to what it has read; values nobody should compute with are left out, as in what is read. */
export function addSamples({ items }: SampleEvent): void {
  for (const { tag, ts, value, quality } of items) {
    const at = Date.parse(ts);
    const curve = curves.get(tag) ?? { xs: [], ys: [] };
    if (quality === 'bad' || at <= (curve.xs.at(-1) ?? -Infinity)) continue;
    curve.xs.push(at);
    curve.ys.push(value);
    const old = curve.xs.length > MOST_KEPT ? MOST_KEPT / 2 : curve.xs.findIndex((x) => x > at - KEPT_MS);
    curve.xs.splice(0, old);
    curve.ys.splice(0, old);
    curves.set(tag, curve);
  }
  changed();
}

/** Before a stream that has missed samples. */
export function forgetSamples(): void {
  curves.clear();
  changed();
}

/** The samples that have come on the stream; `version` changes with them. */
export function useLiveSamples(): { version: number; curves: ReadonlyMap<string, LiveCurve> } {
  const current = useSyncExternalStore(
    (listener) => {
      onChange.add(listener);
      return () => onChange.delete(listener);
    },
    () => version,
  );
  return { version: current, curves };
}
