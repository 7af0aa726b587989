import { percent } from '../shell/numbers.ts';

/** A share from 0 to 1 as a bar with its figure. */
export function Bar({
  share,
  against = false,
  text = percent(share),
}: {
  share: number;
  against?: boolean;
  text?: string;
}) {
  return (
    <span className="bar">
      <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
        <rect width="100" height="8" className="bar-back" />
        <rect
          width={Math.max(0, Math.min(1, share)) * 100}
          height="8"
          className={against ? 'bar-against' : 'bar-fill'}
        />
      </svg>
      <span className="number">{text}</span>
    </span>
  );
}
