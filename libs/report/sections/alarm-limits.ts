import type { LimitLine } from '#charts';
import type { AlarmLimits } from '#tep';

/** The limits that exist, as lines of a chart: LL and HH urgent. */
export function limitLines(limits: AlarmLimits): LimitLine[] {
  const lines: (LimitLine | null)[] = [
    limits.ll === null ? null : { value: limits.ll, label: 'LL', side: 'low', urgent: true },
    limits.l === null ? null : { value: limits.l, label: 'L', side: 'low' },
    limits.h === null ? null : { value: limits.h, label: 'H', side: 'high' },
    limits.hh === null ? null : { value: limits.hh, label: 'HH', side: 'high', urgent: true },
  ];
  return lines.filter((line) => line !== null);
}

/** The most urgent limit that a value has reached; null when it lies inside all of them or is unknown. */
export function alarmOf(value: number | null, limits: AlarmLimits): LimitLine | null {
  if (value === null || !Number.isFinite(value)) return null;
  const reached = limitLines(limits).filter((line) =>
    line.side === 'high' ? value >= line.value : value <= line.value,
  );
  return reached.find((line) => line.urgent) ?? reached.at(0) ?? null;
}
