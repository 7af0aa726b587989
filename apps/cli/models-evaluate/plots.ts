import type { DetectorFigures, FaultDetection, ReliabilityBin } from '#ml';
import { type Curve, curveChartSvg, dotChartSvg, type DotSeries, heatMapSvg, SVG_COLOURS } from '#charts';
import { DISTURBANCES } from '#tep';
import type { ForecastExample } from './example.js';
import type { EvaluatedSet } from './stored.js';

/** A file below images/. */
export interface EvaluationPlot {
  readonly file: string;
  readonly alt: string;
  readonly svg: string;
}

const WIDTH = 760;
const MINUTES_PER_SAMPLE = 3;
/** What the sets are called in a legend. */
const SET_NAMES: Readonly<Record<string, string>> = {
  test_files: 'public files',
  simulated: 'simulated, unseen seeds',
};

/** Delay and detection rate per fault, reliability of the diagnosis, one forecast. */
export function evaluationPlots(sets: readonly EvaluatedSet[], example: ForecastExample): EvaluationPlot[] {
  const shown = sets.filter(({ kind }) => kind in SET_NAMES);
  if (shown.length === 0) return [forecastPlot(example)];
  return [delayPlot(shown), ...shown.map(ratePlot), reliabilityPlot(shown), forecastPlot(example)];
}

function delayPlot(sets: readonly EvaluatedSet[]): EvaluationPlot {
  const alt = 'Detection delay of the primary detector per fault';
  const faults = faultsOf(sets.map(({ evaluation }) => evaluation.detectors[0]));
  const markers = ['ring', 'disc'] as const;
  const series = sets.map(({ kind, evaluation }, i): DotSeries => {
    const found = faults.map((idv) => evaluation.detectors[0].byFault.find((each) => each.idv === idv));
    return {
      label: SET_NAMES[kind],
      marker: markers[i % 2],
      colour: i === 0 ? SVG_COLOURS.opposite : SVG_COLOURS.series,
      values: found.map((each) => delayMinutes(each)),
      intervals: found.map((each) =>
        each?.delaySamples
          ? ([
              each.delaySamples.low * MINUTES_PER_SAMPLE,
              each.delaySamples.high * MINUTES_PER_SAMPLE,
            ] as const)
          : null,
      ),
    };
  });
  const svg = dotChartSvg({
    title: alt,
    heading: `${alt} (first of six consecutive alarms; line: 95 % interval of the mean)`,
    width: WIDTH,
    axisLabel: 'minutes from the onset to the alarm, logarithmic; one sample is 3 minutes',
    scale: 'log',
    rows: faults.map((idv) => ({ label: faultLabel(idv), note: missedNote(sets, idv) })),
    series,
  });
  return { file: 'evaluation-delay.svg', alt, svg };
}

function delayMinutes(fault: FaultDetection | undefined): number | null {
  return fault?.delaySamples ? fault.delaySamples.mean * MINUTES_PER_SAMPLE : null;
}

function missedNote(sets: readonly EvaluatedSet[], idv: number): string {
  const notes = sets.flatMap(({ evaluation }) => {
    const each = evaluation.detectors[0].byFault.find((fault) => fault.idv === idv);
    return each && each.missedRuns > 0 ? [`${each.missedRuns} of ${each.runs} missed`] : [];
  });
  return notes.join(', ');
}

function ratePlot({ kind, evaluation }: EvaluatedSet): EvaluationPlot {
  const alt = `Detection rate per fault and detector, ${SET_NAMES[kind]}`;
  const { detectors } = evaluation;
  const svg = heatMapSvg({
    title: alt,
    heading: `${alt} (% of the samples under the fault in alarm)`,
    width: WIDTH,
    columns: detectors.map(({ detector }) => detector),
    rows: faultsOf(detectors).map((idv) => ({
      label: faultLabel(idv),
      values: detectors.map(
        ({ byFault }) => byFault.find((each) => each.idv === idv)?.detectionRate?.mean ?? null,
      ),
    })),
    footnote:
      'The darker the cell, the more samples are found. Each detector at its own limit; false alarms are in the tables.',
  });
  return { file: `evaluation-rates-${kind.replaceAll('_', '-')}.svg`, alt, svg };
}

function reliabilityPlot(sets: readonly EvaluatedSet[]): EvaluationPlot {
  const alt = 'Reliability of the diagnosis';
  const styles = [
    { marker: 'square', colour: SVG_COLOURS.opposite, dashes: '5 3' },
    { marker: 'disc', colour: SVG_COLOURS.series, dashes: undefined },
  ] as const;
  const curves = sets.flatMap(({ kind, evaluation }, i): Curve[] => {
    const summary = evaluation.diagnosis.alone;
    if (summary === null) return [];
    const error = summary.calibrationError?.mean.toFixed(3) ?? '–';
    return [
      {
        label: `${SET_NAMES[kind]}, ECE ${error}`,
        points: reliabilityPoints(summary.reliability),
        ...styles[i % 2],
      },
    ];
  });
  const ideal: Curve = {
    label: 'as sure as right',
    points: [
      { x: 0, y: 0 },
      { x: 1, y: 1 },
    ],
    colour: SVG_COLOURS.muted,
    strokeWidth: 1,
    dashes: '1.5 3',
  };
  const svg = curveChartSvg({
    title: alt,
    heading: `${alt} (marker area: share of the samples)`,
    width: 460,
    height: 440,
    x: { label: 'probability of the likeliest class', from: 0, to: 1.02 },
    y: { label: 'share of the samples in which it is right', from: 0, to: 1.02 },
    curves: [ideal, ...curves],
  });
  return { file: 'evaluation-reliability.svg', alt, svg };
}

/** Markers between 2 and 10 pixels, their area the share of the bin. */
function reliabilityPoints(bins: readonly ReliabilityBin[]): Curve['points'] {
  const total = bins.reduce((sum, { rows }) => sum + rows, 0);
  return bins.map(({ confidence, accuracy, rows }) => {
    return { x: confidence, y: accuracy, radius: 2 + 8 * Math.sqrt(rows / total) };
  });
}

function forecastPlot(example: ForecastExample): EvaluationPlot {
  const { course, forecast, idv, onsetMinute } = example;
  const alt = `Forecast of the ${example.name.toLowerCase()} under fault ${idv}`;
  const now = course.find(({ minute }) => minute === 0)?.value ?? NaN;
  const last = forecast.at(-1)?.minute ?? 0;
  const svg = curveChartSvg({
    title: alt,
    heading: `${alt}, one hour ahead`,
    width: WIDTH,
    height: 340,
    x: { label: 'minutes from the forecast' },
    y: { label: `${example.name}, ${example.unit}` },
    marks: [
      { x: onsetMinute, label: 'onset of the fault' },
      { x: 0, label: 'forecast made' },
    ],
    curves: [
      {
        label: 'true course',
        points: course.map(({ minute, value }) => ({ x: minute, y: value })),
        colour: SVG_COLOURS.ink,
        strokeWidth: 1.3,
      },
      {
        label: 'forecast',
        points: [{ x: 0, y: now }, ...forecast.map(({ minute, value }) => ({ x: minute, y: value }))],
        strokeWidth: 2,
        dashes: '6 3',
      },
      {
        label: 'persistence',
        points: [
          { x: 0, y: now },
          { x: last, y: now },
        ],
        colour: SVG_COLOURS.opposite,
        dashes: '1.5 3',
      },
    ],
    band: {
      label: '90 % interval',
      points: [
        { x: 0, low: now, high: now },
        ...forecast.map(({ minute, low, high }) => ({ x: minute, low, high })),
      ],
    },
  });
  return { file: 'evaluation-forecast.svg', alt, svg };
}

function faultsOf(detectors: readonly DetectorFigures[]): number[] {
  const all = detectors.flatMap(({ byFault }) => byFault.map(({ idv }) => idv));
  return [...new Set(all)].sort((a, b) => a - b);
}

function faultLabel(idv: number): string {
  const title = DISTURBANCES.find((each) => each.idv === idv)?.title ?? '';
  return `${idv}  ${title.replace(/ \((undisclosed|stream)[^)]*\)/, '')}`;
}
