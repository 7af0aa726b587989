import { isDetectorName } from '#ml';
import { DISTURBANCES, KPI_DEFINITIONS } from '#tep';
import type { HealthDriver, KpiFigure, Named, ReportLang } from '../gathering/content.js';
import { reportFormat, type ReportFormat } from './format.js';
import { EN_TEXTS } from './texts.en.js';
import { KO_TEXTS } from './texts.ko.js';
import type { ReportTexts } from './texts.js';

const TEXTS: Record<ReportLang, ReportTexts> = { en: EN_TEXTS, ko: KO_TEXTS };

/** Words, number formats and names of one language. */
export interface ReportLanguage {
  lang: ReportLang;
  texts: ReportTexts;
  format: ReportFormat;
  nameOf: (thing: Named) => string;
  /** `IDV 4 – Reactor cooling water inlet temperature`. */
  faultName: (idv: number) => string;
  detectorName: (detector: string) => string;
  kpiWords: (kpi: KpiFigure) => { label: string; definition: string };
  driverText: (driver: HealthDriver) => string;
}

/** @throws RangeError when the zone is not an IANA name */
export function reportLanguage(lang: ReportLang, timeZone: string): ReportLanguage {
  const texts = TEXTS[lang];
  const nameOf = (thing: Named): string => (lang === 'ko' && thing.nameKo) || thing.name;
  return {
    lang,
    texts,
    format: reportFormat(lang, timeZone),
    nameOf,
    faultName: (idv) => {
      const disturbance = DISTURBANCES.find((candidate) => candidate.idv === idv);
      if (!disturbance) return `IDV ${idv}`;
      return `IDV ${idv} – ${lang === 'ko' ? disturbance.titleKo : disturbance.title}`;
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
  };
}
