import { isDetectorName } from '#ml';
import { DISTURBANCES, KPI_DEFINITIONS } from '#tep';
import type { HealthDriver, KpiFigure, MomentOfBoth, Named, ReportLang } from '../gathering/content.js';
import { reportFormat, type ReportFormat, type TimeStyle } from './format.js';
import { EN_TEXTS } from './texts.en.js';
import { KO_TEXTS } from './texts.ko.js';
import type { ReportTexts } from './texts.js';

const TEXTS: Record<ReportLang, ReportTexts> = { en: EN_TEXTS, ko: KO_TEXTS };

/** Times are printed without seconds. */
const SAME_CLOCK_MS = 60_000;

/** Words, number formats and names of one language. */
export interface ReportLanguage {
  lang: ReportLang;
  texts: ReportTexts;
  format: ReportFormat;
  nameOf: (thing: Named) => string;
  /** `IDV 4 – Reactor cooling water inlet temperature`. */
  faultName: (idv: number) => string;
  /** What to look at when a disturbance is suspected, as a sentence. */
  lookAt: (idv: number) => string;
  detectorName: (detector: string) => string;
  kpiWords: (kpi: KpiFigure) => { label: string; definition: string };
  driverText: (driver: HealthDriver) => string;
  /** By both clocks where they differ by a minute or more. */
  momentText: (moment: MomentOfBoth, style: TimeStyle) => string;
}

/** @throws RangeError when it is not a time zone */
export function reportLanguage(lang: ReportLang, timeZone: string): ReportLanguage {
  const texts = TEXTS[lang];
  const format = reportFormat(lang, timeZone);
  const nameOf = (thing: Named): string => (lang === 'ko' && thing.nameKo) || thing.name;
  return {
    lang,
    texts,
    format,
    nameOf,
    faultName: (idv) => {
      const disturbance = DISTURBANCES.find((candidate) => candidate.idv === idv);
      if (!disturbance) return `IDV ${idv}`;
      return `IDV ${idv} – ${lang === 'ko' ? disturbance.titleKo : disturbance.title}`;
    },
    lookAt: (idv) => {
      const disturbance = DISTURBANCES.find((candidate) => candidate.idv === idv);
      return (lang === 'ko' ? disturbance?.lookAtKo : disturbance?.lookAt) ?? '';
    },
    detectorName: (detector) => (isDetectorName(detector) ? texts.detector[detector] : detector),
    kpiWords: ({ name, label, definition }) => {
      const known = lang === 'ko' ? KPI_DEFINITIONS.find((each) => each.name === name) : undefined;
      return known ? { label: known.titleKo, definition: known.definitionKo } : { label, definition };
    },
    driverText: ({ reason, label, source }) => {
      const words = texts.healthReason[reason] ?? label;
      return source ? `${words}: ${nameOf(source)}` : words;
    },
    momentText: ({ plantMs, wallMs }, style) => {
      if (plantMs === null) return texts.clock.wall(format[style](wallMs));
      return clocksDiffer({ plantMs, wallMs })
        ? texts.clock.both(...format.twoClocks(plantMs, wallMs, style))
        : format[style](plantMs);
    },
  };
}

/** Whether the plant's clock is not the one on the wall. */
export function clocksDiffer({ plantMs, wallMs }: MomentOfBoth): boolean {
  return plantMs !== null && Math.abs(plantMs - wallMs) >= SAME_CLOCK_MS;
}
