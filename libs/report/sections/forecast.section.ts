import { barChartSvg, fanChartSvg } from '#charts';
import { limitLines } from './alarm-limits.js';
import type { FaultAssessment, ReportContent, TagForecast } from '../gathering/content.js';
import type { ReportLanguage } from '../texts/language.js';
import { trusted, type Block, type Figure, type Section } from './view.js';

/** CSS pixels at half the page's width; three rows with their captions fill little more than half a page. */
const CHART_HEIGHT = 126;
/** What would print as 0% is not worth a bar. */
const SMALLEST_PROBABILITY = 0.0005;

/** What is expected next, each tag inside its interval; nothing when no prediction was made. */
export function forecastSection(content: ReportContent, language: ReportLanguage): Section | null {
  const { texts, format } = language;
  const first = content.forecasts.at(0);
  if (!first) return null;
  const figures = content.forecasts.map((forecast) => forecastFigure(forecast, language));
  return {
    name: 'forecast',
    title: texts.section.forecast,
    blocks: [
      { kind: 'figures', figures },
      {
        kind: 'caption',
        text: `${texts.caption.forecast(format.dateTime(first.madeAtMs), format.percent(first.coverage))} ${texts.caption.limitLines}`,
      },
    ],
  };
}

/** Whether a fault is present and which, or why nobody can say; nothing when nobody asked. */
export function faultSection(content: ReportContent, language: ReportLanguage): Section | null {
  const { texts, format } = language;
  const { fault, noPrediction } = content;
  if (noPrediction) {
    const text = texts.noPrediction[noPrediction];
    return { name: 'fault', title: texts.section.faultAndForecast, blocks: [{ kind: 'sentence', text }] };
  }
  if (!fault) return null;
  const blocks: Block[] = [
    {
      kind: 'sentence',
      text: texts.caption.faultProbability(
        format.percent(fault.probability),
        format.dateTime(fault.atMs),
        fault.model,
      ),
    },
    { kind: 'figures', figures: [...classFigure(fault, language), ...importanceFigure(fault, language)] },
  ];
  return { name: 'fault', title: texts.section.fault, blocks };
}

function forecastFigure(forecast: TagForecast, language: ReportLanguage): Figure {
  const { texts, format } = language;
  const name = language.nameOf(forecast);
  return {
    title: name,
    detail: `${forecast.code} · ${forecast.unit}`,
    wide: false,
    caption:
      forecast.crossingProbability === null
        ? ''
        : texts.caption.crossing(format.percent(forecast.crossingProbability)),
    graphic: trusted(
      fanChartSvg({
        title: `${name} (${forecast.code}, ${forecast.unit})`,
        history: forecast.history,
        forecast: forecast.steps,
        forecastLabel: texts.caption.forecastLabel,
        limits: limitLines(forecast.limits),
        height: CHART_HEIGHT,
        timeZone: format.timeZone,
        locale: format.locale,
      }),
    ),
  };
}

function classFigure(fault: FaultAssessment, language: ReportLanguage): Figure[] {
  const { texts, format } = language;
  const printed = fault.classes.filter(({ probability }) => probability >= SMALLEST_PROBABILITY);
  if (printed.length === 0) return [];
  const bars = printed.slice(0, 6).map(({ idv, probability }) => ({
    label: idv === 0 ? texts.caption.noFault : language.faultName(idv),
    value: probability,
    valueText: format.percent(probability),
  }));
  const title = texts.figure.faultClasses;
  const graphic = trusted(barChartSvg({ title, bars, width: 330, labels: 'above', locale: format.locale }));
  return [{ title, detail: '', caption: '', wide: false, graphic }];
}

function importanceFigure(fault: FaultAssessment, language: ReportLanguage): Figure[] {
  const { texts, format } = language;
  if (fault.importance.length === 0) return [];
  const bars = fault.importance.slice(0, 6).map((tag) => ({
    label: language.nameOf(tag),
    value: tag.importance,
    valueText: format.number(tag.importance),
  }));
  const title = texts.figure.importance;
  const graphic = trusted(barChartSvg({ title, bars, width: 330, labels: 'above', locale: format.locale }));
  return [{ title, detail: '', caption: '', wide: false, graphic }];
}
