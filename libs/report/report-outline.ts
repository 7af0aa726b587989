import { anomaliesSection, anomalySection } from './anomaly.section.js';
import { faultSection, forecastSection } from './forecast.section.js';
import { equipmentSection, healthSection, sensorSection } from './health.section.js';
import { definitionSection, kpiSection } from './kpi.section.js';
import { lotSection, lotsSection } from './lot.section.js';
import { dataQualitySection, modelsSection, notesSection } from './quality.section.js';
import type { ReportContent } from './report-content.js';
import type { ReportLanguage } from './report-language.js';
import type { Section } from './report-view.js';
import { trendSection } from './trend.section.js';

/** The sections of a report in the order its reader needs them; those without anything to say are left out. */
export function outline(content: ReportContent, language: ReportLanguage): Section[] {
  return sectionsOf(content, language).filter((section) => section !== null);
}

function sectionsOf(content: ReportContent, language: ReportLanguage): (Section | null)[] {
  const { subject } = content;
  const closing = [notesSection(content, language), dataQualitySection(content, language)];
  switch (subject.type) {
    case 'daily':
      return [
        kpiSection(content, language),
        healthSection(content, language),
        anomaliesSection(content, language),
        trendSection(content, language),
        faultSection(content, language),
        forecastSection(content, language),
        lotsSection(content, language),
        ...closing,
        definitionSection(content, language),
        modelsSection(content, language),
      ];
    case 'lot':
      return [
        lotSection(subject.lot, content, language),
        kpiSection(content, language),
        anomaliesSection(content, language),
        trendSection(content, language),
        faultSection(content, language),
        ...closing,
        definitionSection(content, language),
        modelsSection(content, language),
      ];
    case 'equipment':
      return [
        equipmentSection(subject.equipment, content, language),
        sensorSection(subject.equipment, language),
        anomaliesSection(content, language),
        trendSection(content, language),
        faultSection(content, language),
        forecastSection(content, language),
        ...closing,
        modelsSection(content, language),
      ];
    case 'anomaly':
      return [
        anomalySection(subject.anomaly, content, language),
        trendSection(content, language),
        faultSection(content, language),
        forecastSection(content, language),
        ...closing,
        modelsSection(content, language),
      ];
  }
}
