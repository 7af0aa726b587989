import { KPI_DEFINITIONS } from '#tep';
import type { KpiFigure } from '../../libs/report/gathering/content.js';

/** 22 November 2026, 00:00 UTC. */
export const SAMPLE_FROM_MS = Date.UTC(2026, 10, 22);
export const SAMPLE_TO_MS = SAMPLE_FROM_MS + 24 * 3_600_000;
export const SAMPLE_STEP_MS = 180_000;
export const EVENT_START_MS = SAMPLE_FROM_MS + 14.5 * 3_600_000;
export const EVENT_END_MS = EVENT_START_MS + 4_800_000;

type KpiRow = [
  name: string,
  value: number,
  previous: number,
  better: KpiFigure['better'],
  numerator: KpiFigure['numerator'],
  denominator: KpiFigure['denominator'],
];

/** The figures of a day as the plant defines them. */
export function sampleKpis(): KpiFigure[] {
  const day = { label: 'running time', value: 24, unit: 'h' };
  const product = { label: 'G and H in product', value: 14_103, unit: 'kg/h' };
  const rows: KpiRow[] = [
    [
      'production_rate',
      14_103,
      13_853,
      'higher',
      { label: 'G and H produced', value: 338_472, unit: 'kg' },
      day,
    ],
    [
      'quality_ratio',
      98.9,
      100,
      'higher',
      { label: 'samples in specification', value: 95, unit: 'samples' },
      { label: 'samples with an analysis', value: 96, unit: 'samples' },
    ],
    [
      'product_g_mass_percent',
      49.9,
      50.1,
      'neither',
      { label: 'G in product', value: 7_037, unit: 'kg/h' },
      product,
    ],
    ['yield', 96.5, 97.3, 'higher', product, { label: 'A, C, D and E fed', value: 14_614, unit: 'kg/h' }],
    ['operating_cost', 174.2, 170.6, 'lower', { label: 'operating cost', value: 4_181, unit: '$' }, day],
    [
      'operating_cost_per_kmol',
      82.4,
      80.9,
      'lower',
      { label: 'operating cost', value: 17_420, unit: '¢/h' },
      { label: 'product', value: 211.4, unit: 'kmol/h' },
    ],
    [
      'efficiency',
      98,
      99.8,
      'higher',
      { label: 'reference cost', value: 80.75, unit: '¢/kmol' },
      { label: 'actual cost', value: 82.4, unit: '¢/kmol' },
    ],
    ['availability', 100, 100, 'higher', day, { label: 'planned time', value: 24, unit: 'h' }],
  ];
  return rows.map(([name, value, previous, better, numerator, denominator]) => {
    const known = KPI_DEFINITIONS.find((each) => each.name === name);
    if (!known) throw new RangeError(`no indicator has the name ${name}`);
    const { title: label, unit: unitText, definition } = known;
    const trend = hourly(wave(value, value * 0.01, -value * 0.05));
    return {
      name,
      label,
      unit: unitText,
      value,
      previous,
      better,
      definition,
      numerator,
      denominator,
      trend,
    };
  });
}

/** Every twentieth three-minute sample. */
function hourly({ times, values }: { times: number[]; values: number[] }): {
  times: number[];
  values: number[];
} {
  const onTheHour = (_value: number, i: number): boolean => i % 20 === 0;
  return { times: times.filter(onTheHour), values: values.filter(onTheHour) };
}

/** 480 samples over the day: level, a repeatable ripple, a bump while the event lasts and a gap from 05:00 to 05:30. */
export function wave(level: number, ripple: number, bump: number): { times: number[]; values: number[] } {
  const times = Array.from({ length: 480 }, (_, i) => SAMPLE_FROM_MS + i * SAMPLE_STEP_MS);
  const values = times.map((time, i) => {
    if (i >= 100 && i < 110) return NaN;
    const into = (time - EVENT_START_MS) / (EVENT_END_MS - EVENT_START_MS);
    const event = into > 0 && into < 1 ? bump * Math.sin(Math.PI * into) ** 0.5 : 0;
    return (
      level + event + ripple * (Math.sin(i * 0.7) + 0.6 * Math.sin(i * 2.3 + level) + 0.4 * Math.sin(i * 5.1))
    );
  });
  return { times, values };
}
