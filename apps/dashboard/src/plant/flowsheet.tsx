import type { Schemas } from '../api/client.ts';
import type { Tag, UnitStatus } from '../api/queries.ts';
import { HealthRing } from '../parts/health-ring.tsx';
import { reading } from '../shell/numbers.ts';
import { href } from '../shell/route.ts';
import { useName, useTexts } from '../shell/settings.tsx';
import { HEIGHT, PLACES, SYMBOLS, wayOf, WIDTH } from './flowsheet-layout.ts';

interface FlowsheetProps {
  equipment: Schemas['EquipmentDto'][];
  streams: Schemas['StreamDto'][];
  tags: Map<string, Tag>;
  statuses: Map<string, UnitStatus>;
}

/** The drawn process: grey while it is normal, colour with a shape where it is not. */
export function Flowsheet({ equipment, streams, tags, statuses }: FlowsheetProps) {
  const t = useTexts();
  const onStreams = new Set(streams.flatMap((stream) => stream.tags));
  return (
    <svg className="flowsheet" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="group" aria-label={t.plant.flowsheet}>
      <defs>
        <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto">
          <path d="M0 0L8 4L0 8z" className="arrow" />
        </marker>
      </defs>
      {streams.map((stream) => (
        <StreamLine key={`${stream.stream}${stream.from_eq_id}${stream.to_eq_id}`} stream={stream} />
      ))}
      {streams.map((stream) => (
        <StreamValue
          key={`${stream.stream}${stream.from_eq_id}${stream.to_eq_id}`}
          stream={stream}
          tags={tags}
        />
      ))}
      {equipment.map((unit) => {
        const own = [...tags.values()].filter(
          ({ eq_id, tag }) => eq_id === unit.eq_id && !onStreams.has(tag),
        );
        return <UnitSymbol key={unit.eq_id} unit={unit} status={statuses.get(unit.eq_id)} tags={own} />;
      })}
    </svg>
  );
}

function StreamLine({ stream }: { stream: Schemas['StreamDto'] }) {
  const way = wayOf(stream);
  return way && <polyline points={way.points} className={`stream ${stream.phase}`} markerEnd="url(#arrow)" />;
}

function StreamValue({ stream, tags }: { stream: Schemas['StreamDto']; tags: Map<string, Tag> }) {
  const way = wayOf(stream);
  const flow = tags.get(stream.tags[0] ?? '');
  if (!way || stream.stream === null) return null;
  const [x, y] = way.label;
  return (
    <g transform={`translate(${x} ${y})`} className="stream-label">
      <circle cx="9" cy="-5" r="9" className="stream-badge" />
      <text x="9" textAnchor="middle" className="stream-number">
        {stream.stream}
      </text>
      <text x="24">{flow && <Measured tag={flow} />}</text>
    </g>
  );
}

function Measured({ tag, letter = '' }: { tag: Tag; letter?: string }) {
  const { latest } = tag;
  const state = latest?.limit_state ?? 'normal';
  const beyond = state === 'normal' ? '' : ` ${state}`;
  const isDoubtful = latest?.stale || latest?.quality === 'bad';
  return (
    <>
      <tspan className="letter">{letter}</tspan>
      <tspan className={`measured${beyond && ' beyond'}${isDoubtful ? ' stale' : ''}`} dx={letter ? 5 : 0}>
        {reading(latest?.value, tag)}
      </tspan>
      <tspan className="measured-unit" dx="4">
        {tag.unit.replace(' gauge', '')}
      </tspan>
      {beyond && (
        <tspan className="beyond" dx="4">
          {beyond}
        </tspan>
      )}
    </>
  );
}

/** First letters of instruments (ISA-5.1). */
const LETTERS: Record<string, string | undefined> = {
  'kPa gauge': 'P',
  '°C': 'T',
  '%': 'L',
  kW: 'J',
  'kg/h': 'F',
};
const MOST_READINGS = 4;
const STATE_SHAPES: Record<string, string | undefined> = {
  fault: 'M0 -11h11v11h-11z',
  warning: 'M6 -12l7 12h-14z',
};

interface UnitSymbolProps {
  unit: Schemas['EquipmentDto'];
  status: UnitStatus | undefined;
  tags: Tag[];
}

function UnitSymbol({ unit, status, tags }: UnitSymbolProps) {
  const t = useTexts();
  const nameOf = useName();
  const place = PLACES[unit.eq_id];
  if (!place) return null;
  const state = status?.status ?? 'unknown';
  const shown = tags.filter(({ role }) => role === 'measurement').slice(0, MOST_READINGS);
  const [lx, ly] = place.label;
  const [rx, ry] = place.readings;
  return (
    <g transform={`translate(${place.x} ${place.y})`}>
      <a href={href('plant', unit.eq_id)} className={`unit ${state}`}>
        <path d={SYMBOLS[unit.kind] ?? SYMBOLS.feed} className="symbol" />
        <text x={lx + 40} y={ly + (state === 'running' ? 5 : -2)} className="unit-name">
          {nameOf(unit)}
        </text>
        {state !== 'running' && (
          <g transform={`translate(${lx + 40} ${ly + 15})`} className={`unit-state ${state}`}>
            {STATE_SHAPES[state] && <path d={STATE_SHAPES[state]} />}
            <text x={STATE_SHAPES[state] ? 16 : 0}>{t.status[state]}</text>
          </g>
        )}
        <HealthRing x={lx + 16} y={ly} score={status?.score ?? null} band={status?.band ?? null} />
      </a>
      {shown.map((tag, index) => (
        <text key={tag.tag} x={rx} y={ry + index * 20} className="unit-reading">
          <Measured tag={tag} letter={LETTERS[tag.unit] ?? ''} />
        </text>
      ))}
    </g>
  );
}
