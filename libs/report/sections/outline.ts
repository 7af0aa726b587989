import { setImmediate as nextTurn } from 'node:timers/promises';
import { alarmSystemSection } from './alarm.section.js';
import { anomaliesSection, anomalySection } from './anomaly.section.js';
import { faultSection, forecastSection } from './forecast.section.js';
import { equipmentSection, healthSection, sensorSection } from './health.section.js';
import { definitionSection, kpiSection } from './kpi.section.js';
import { lotSection, lotsSection } from './lot.section.js';
import { dataQualitySection, modelsSection, notesSection } from './quality.section.js';
import type { ReportContent, ReportSubject } from '../gathering/content.js';
import type { ReportLanguage } from '../texts/language.js';
import type { Section } from './view.js';
import { trendSection } from './trend.section.js';

/** Null where there is nothing to say and nothing to miss. */
type SectionBuilder = (content: ReportContent, language: ReportLanguage) => Section | null;

/**
 * The sections of a report in the order its reader needs them. Other work of the process gets its turn between two
 * sections, for in the embedded profile it also answers HTTP.
 */
export async function outline(content: ReportContent, language: ReportLanguage): Promise<Section[]> {
  const sections: Section[] = [];
  for (const build of buildersFor(content.subject)) {
    const section = build(content, language);
    if (section) sections.push(section);
    await nextTurn();
  }
  return sections;
}

/** Which sections a report has, in their order. */
export function buildersFor(subject: ReportSubject): SectionBuilder[] {
  switch (subject.type) {
    case 'daily':
    case 'production_day':
      return [
        kpiSection,
        healthSection,
        anomaliesSection,
        alarmSystemSection,
        trendSection,
        faultSection,
        forecastSection,
        lotsSection,
        notesSection,
        dataQualitySection,
        definitionSection,
        modelsSection,
      ];
    case 'lot':
      return [
        (content, language) => lotSection(subject.lot, content, language),
        kpiSection,
        anomaliesSection,
        trendSection,
        faultSection,
        notesSection,
        dataQualitySection,
        definitionSection,
        modelsSection,
      ];
    case 'equipment':
      return [
        (content, language) => equipmentSection(subject.equipment, content, language),
        (_content, language) => sensorSection(subject.equipment, language),
        anomaliesSection,
        trendSection,
        faultSection,
        forecastSection,
        notesSection,
        dataQualitySection,
        modelsSection,
      ];
    case 'anomaly':
      return [
        (content, language) => anomalySection(subject.anomaly, content, language),
        trendSection,
        faultSection,
        forecastSection,
        notesSection,
        dataQualitySection,
        modelsSection,
      ];
  }
}
