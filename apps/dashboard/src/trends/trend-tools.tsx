import { useMutation } from '@tanstack/react-query';
import { bytes, saveFile } from '../api/client.ts';
import { DAY, HOUR, type RangeControl } from '../chart/time-range.ts';
import { Problem } from '../parts/states.tsx';
import { useTexts } from '../shell/settings.tsx';

const SPANS: [string, number][] = [
  ['1 h', HOUR],
  ['8 h', 8 * HOUR],
  ['24 h', DAY],
  ['7 d', 7 * DAY],
  ['30 d', 30 * DAY],
];

/** What is drawn beside the curves. */
export interface Drawn {
  limits: boolean;
  incidents: boolean;
  lots: boolean;
  forecast: boolean;
}

interface TrendToolsProps {
  control: RangeControl;
  tags: string[];
  shown: Drawn;
  show: (shown: Drawn) => void;
}

export function TrendTools({ control, tags, shown, show }: TrendToolsProps) {
  const t = useTexts();
  const csv = useMutation({
    mutationFn: () => csvOf(tags, control),
    onSuccess: (blob) => saveFile(blob, 'timeseries.csv'),
  });
  const words = { ...t.trends, limits: t.trends.limitsShown };
  return (
    <>
      <div className="tools" role="toolbar" aria-label={t.trends.spans}>
        {SPANS.map(([name, span]) => (
          <button
            key={name}
            aria-pressed={control.follows && control.spanMs === span}
            onClick={() => control.follow(span)}
          >
            {name}
          </button>
        ))}
        <button aria-pressed={control.follows} onClick={() => control.follow()}>
          {t.trends.follow}
        </button>
        <button onClick={() => control.back()} disabled={!control.canGoBack}>
          {t.trends.back}
        </button>
        <button onClick={() => csv.mutate()} disabled={tags.length === 0 || csv.isPending}>
          {t.trends.csv}
        </button>
        {(['limits', 'incidents', 'lots', 'forecast'] as const).map((what) => (
          <label key={what} className="check">
            <input
              type="checkbox"
              checked={shown[what]}
              onChange={({ target }) => show({ ...shown, [what]: target.checked })}
            />
            {words[what]}
          </label>
        ))}
      </div>
      <Problem error={csv.error} />
    </>
  );
}

const CSV_POINTS = 600;

/** What the curves show, not every sample. */
function csvOf(tags: string[], { range }: RangeControl): Promise<Blob> {
  const [from, to] = [range.from, range.to].map((at) => new Date(Math.round(at)).toISOString());
  const query = { tags: tags.join(','), from, to, points: CSV_POINTS, method: 'minmax' };
  return bytes('/api/v1/timeseries', { query }, 'text/csv');
}
