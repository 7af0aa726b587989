import type { Incident, UnitStatus } from '../api/queries.ts';
import { useTexts } from '../shell/settings.tsx';

export type Severity = Incident['severity'];
export const SEVERITIES: Severity[] = ['low', 'medium', 'high', 'critical'];
/** Each has a shape of its own, so that colour is never alone. */
const SHAPES: Record<Severity, string> = {
  low: 'M8 2a6 6 0 1 0 .01 0z',
  medium: 'M2 3h12L8 14z',
  high: 'M8 1.5 15 14H1z',
  critical: 'M1.5 1.5h13v13h-13z',
};

export const worst = (severities: Severity[]): Severity =>
  SEVERITIES.findLast((severity) => severities.includes(severity)) ?? 'low';

export function SeverityMark({ severity, words = false }: { severity: Severity; words?: boolean }) {
  const t = useTexts();
  return (
    <span className={`severity ${severity}`}>
      <svg viewBox="0 0 16 16" role="img" aria-label={t.severity[severity]}>
        <path d={SHAPES[severity]} />
      </svg>
      {words && <span aria-hidden="true"> {t.severity[severity]}</span>}
    </span>
  );
}

type Status = UnitStatus['status'];

export function StatusMark({ status }: { status: Status }) {
  const t = useTexts();
  const shape: Record<Status, string> = {
    running: '',
    warning: SHAPES.high,
    fault: SHAPES.critical,
    stopped: 'M2 6h12v4H2z',
    unknown: '',
    unwatched: SHAPES.medium,
  };
  return (
    <span className={`status ${status}`}>
      {shape[status] && (
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d={shape[status]} />
        </svg>
      )}
      {t.status[status]}
    </span>
  );
}
