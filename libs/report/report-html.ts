import { readFile } from 'node:fs/promises';
import { addDays, clockTime, dateAt, dayStart } from '#calendar';
import { projectPath } from '#platform';
import Handlebars from 'handlebars';
import type { ReportContent } from './gathering/content.js';
import { fontStyles, lettersOf } from './printing/fonts.js';
import { clocksDiffer, reportLanguage, type ReportLanguage } from './texts/language.js';
import { outline } from './sections/outline.js';
import { summarize } from './sections/summary.js';
import type { ReportVerdict } from './texts/texts.js';
import { trusted, type ReportView, type Tone } from './sections/view.js';

const PARTIALS = ['caption', 'cell', 'facts', 'figures', 'notes', 'sentence', 'table', 'tiles'] as const;

const VERDICT_TONES: Record<ReportVerdict, Tone> = {
  normal: 'good',
  attention: 'fair',
  action: 'poor',
  no_data: 'plain',
};

interface ReportTemplates {
  page: Handlebars.TemplateDelegate<ReportView>;
  styles: string;
}

let loaded: Promise<ReportTemplates> | undefined;

/**
 * The report as one HTML document, ready to be printed. Every text in it is escaped; charts are inline SVG. Its fonts
 * are links below `/fonts/`, which the printer serves; it refers to nothing else.
 * @throws RangeError when content.timeZone is not a time zone
 */
export async function reportHtml(content: ReportContent): Promise<string> {
  const templates = await (loaded ??= loadTemplates());
  const language = reportLanguage(content.lang, content.timeZone);
  const { texts } = language;
  const summary = summarize(content, language);
  const html = templates.page({
    lang: content.lang,
    title: texts.title[content.subject.type],
    subtitle: subtitleOf(content, language),
    plantName: content.plantName,
    period: periodText(content, language),
    periodLabel: texts.letterhead.period,
    generatedAt: language.momentText(content.generatedAt, 'dateTime'),
    generatedLabel: texts.letterhead.generated,
    verdict: { text: texts.verdict[summary.verdict], tone: VERDICT_TONES[summary.verdict] },
    summary: summary.sentences,
    summaryTitle: texts.letterhead.summary,
    sections: await outline(content, language),
    styles: trusted(fontStyles() + templates.styles + pageMarginStyles(content, language)),
  });
  return html.replace('</body>', () => `${lettersOf(html)}</body>`);
}

/** File name of the download, e.g. `lot-report_L-2026-1122_en.pdf`; in letters of any script, without blanks. */
export function reportFileName(
  content: Pick<ReportContent, 'lang' | 'subject' | 'period' | 'timeZone'>,
): string {
  const { subject } = content;
  const what = {
    daily: () => periodName(content),
    production_day: () => dateAt(content.period.fromMs, content.timeZone),
    lot: () => (subject.type === 'lot' ? subject.lot.lotNo : ''),
    equipment: () => (subject.type === 'equipment' ? `${subject.equipment.code}_${periodName(content)}` : ''),
    anomaly: () => (subject.type === 'anomaly' ? subject.anomaly.id : ''),
  }[subject.type]();
  const safe = what.replace(UNSAFE_IN_FILE_NAMES, '-').slice(0, 80);
  return `${subject.type.replace('_', '-')}-report_${safe}_${content.lang}.pdf`;
}

/** Not in names of Windows, macOS or Linux, or not as they look; letters of every script are. */
const UNSAFE_IN_FILE_NAMES = /[^\p{L}\p{M}\p{N}._-]+/gu;

/** A day by its date, any other window by its ends, so that two of a day have two names. */
function periodName({ period, timeZone }: Pick<ReportContent, 'period' | 'timeZone'>): string {
  if (isCalendarDay({ period, timeZone })) return dateAt(period.fromMs, timeZone);
  const [from, to] = [period.fromMs, period.toMs].map((ms) =>
    new Date(clockTime(ms, timeZone)).toISOString().slice(0, 16).replace(':', ''),
  );
  return from.slice(0, 10) === to.slice(0, 10) ? `${from}-${to.slice(11)}` : `${from}-${to}`;
}

async function loadTemplates(): Promise<ReportTemplates> {
  const read = (name: string): Promise<string> =>
    readFile(projectPath('libs/report/templates', name), 'utf8');
  const handlebars = Handlebars.create();
  for (const name of PARTIALS) handlebars.registerPartial(name, (await read(`${name}.hbs`)).trimEnd());
  return {
    page: handlebars.compile<ReportView>(await read('report.hbs'), { strict: true }),
    styles: await read('report.css'),
  };
}

function subtitleOf(content: ReportContent, language: ReportLanguage): string {
  const { subject, period } = content;
  switch (subject.type) {
    case 'daily':
      return isCalendarDay(content) ? language.format.date(period.fromMs) : '';
    case 'production_day':
      return language.format.date(period.fromMs);
    case 'lot':
      return subject.lot.lotNo;
    case 'equipment':
      return language.nameOf(subject.equipment);
    case 'anomaly':
      return subject.anomaly.equipment ? language.nameOf(subject.anomaly.equipment) : '';
  }
}

/** Whether the period is one day of the zone, from midnight to midnight. */
function isCalendarDay({ period, timeZone }: Pick<ReportContent, 'period' | 'timeZone'>): boolean {
  const date = dateAt(period.fromMs, timeZone);
  return period.fromMs === dayStart(date, timeZone) && period.toMs === dayStart(addDays(date, 1), timeZone);
}

/** The period is one of plant time, which is said where a reader's clock shows another one. */
function periodText({ period, generatedAt }: ReportContent, { texts, format }: ReportLanguage): string {
  const text = format.period(period.fromMs, period.toMs);
  return clocksDiffer(generatedAt) ? texts.clock.plant(text) : text;
}

/** For the footer, which has no room for both clocks. */
function generatedText({ generatedAt }: ReportContent, { texts, format }: ReportLanguage): string {
  const text = format.dateTime(generatedAt.plantMs);
  return clocksDiffer(generatedAt) ? texts.clock.plant(text) : text;
}

/** Running header and footer: CSS margin boxes use the document's fonts, Chromium's own templates cannot. */
function pageMarginStyles(content: ReportContent, language: ReportLanguage): string {
  const { texts } = language;
  const { letterhead } = texts;
  const title = `${content.plantName} · ${texts.title[content.subject.type]}`;
  const period = periodText(content, language);
  const source = letterhead.source(generatedText(content, language), content.reportId);
  const [before, between, after] = letterhead.pageOf.map(cssString);
  return `@page{@top-left{content:${cssString(title)}}@top-right{content:${cssString(period)}}
@bottom-left{content:${cssString(source)}}
@bottom-right{content:${before} counter(page) ${between} counter(pages) ${after}}}
@page :first{@top-left{content:none}@top-right{content:none}}`;
}

/** A CSS string literal that can stand in a style element: quotes, backslashes, `<` and line ends as code points. */
function cssString(text: string): string {
  return `"${text.replace(/["\\<\r\n\f]/g, (character) => `\\${character.charCodeAt(0).toString(16)} `)}"`;
}
