import type { Schemas } from '../api/client.ts';

const RADIUS = 15;
const LENGTH = 2 * Math.PI * RADIUS;

/** A health score from 0 to 100 as the share of a ring, as SVG content around its centre. */
export function HealthRing({
  score,
  band,
  x,
  y,
}: {
  score: number | null;
  band: Schemas['UnitHealthDto']['band'];
  x: number;
  y: number;
}) {
  return (
    <g transform={`translate(${x} ${y})`} className={`ring ${band ?? 'unknown'}`}>
      <circle r={RADIUS} className="ring-back" />
      {score !== null && (
        <circle
          r={RADIUS}
          className="ring-share"
          strokeDasharray={`${(score / 100) * LENGTH} ${LENGTH}`}
          transform="rotate(-90)"
        />
      )}
      <text className="ring-score" textAnchor="middle" dy="0.36em">
        {score === null ? '?' : Math.round(score)}
      </text>
    </g>
  );
}
