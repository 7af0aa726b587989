import { lineChartSvg } from '#charts';
import { limitLines } from './alarm-limits.js';
import type { ReportContent, TagTrend } from '../gathering/content.js';
import type { ReportLanguage } from '../texts/language.js';
import { trusted, type Figure, type Section } from './view.js';

/** CSS pixels at half the page's width; three rows with their captions fill little more than half a page. */
const CHART_HEIGHT = 126;

/** One small chart for each tag, two in a row, with limits and the spans of anomalies. */
export function trendSection(content: ReportContent, language: ReportLanguage): Section {
  const { texts } = language;
  const figures = content.trends.map((trend) => trendFigure(trend, content, language));
  return {
    name: 'trends',
    title: texts.section.trends,
    blocks:
      figures.length > 0
        ? [
            { kind: 'figures', figures },
            { kind: 'caption', text: `${texts.caption.limitLines} ${texts.caption.anomalyBand}` },
          ]
        : [{ kind: 'sentence', text: texts.empty.trends }],
  };
}

function trendFigure(trend: TagTrend, content: ReportContent, language: ReportLanguage): Figure {
  const { texts, format } = language;
  const name = language.nameOf(trend);
  const statistics = statisticsOf(trend.series.values);
  const figure = { title: name, detail: `${trend.code} · ${trend.unit}`, wide: false };
  if (!statistics) return { ...figure, graphic: null, caption: texts.empty.trendData };
  const caption = texts.caption.statistics(
    format.number(statistics.lowest),
    format.number(statistics.mean),
    format.number(statistics.highest),
  );
  return {
    ...figure,
    caption,
    graphic: trusted(
      lineChartSvg({
        title: `${name} (${trend.code}, ${trend.unit})`,
        description: caption,
        series: trend.series,
        from: content.period.fromMs,
        to: content.period.toMs,
        limits: limitLines(trend.limits),
        bands: trend.anomalyBands,
        height: CHART_HEIGHT,
        timeZone: format.timeZone,
        locale: format.locale,
      }),
    ),
  };
}

function statisticsOf(values: ArrayLike<number>): { lowest: number; mean: number; highest: number } | null {
  const known = Array.from(values).filter(Number.isFinite);
  if (known.length === 0) return null;
  let lowest = Infinity;
  let highest = -Infinity;
  let sum = 0;
  for (const value of known) {
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
    sum += value;
  }
  return { lowest, mean: sum / known.length, highest };
}
