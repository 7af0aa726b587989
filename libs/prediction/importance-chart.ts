import { barChartSvg } from '#charts';
import type { FeatureImportanceDto } from './dto/feature-importance.dto.js';

/** A chart of more bars is no longer read. */
const SHOWN_FEATURES = 15;
const WIDTH = 640;

/** The most important features as a bar chart to be opened alone. */
export function importanceChart({ explains, features }: FeatureImportanceDto): string {
  return barChartSvg({
    title: `Feature importance for ${explains}`,
    heading: `What speaks for ${explains} (integrated gradients, log-odds)`,
    width: WIDTH,
    bars: features
      .slice(0, SHOWN_FEATURES)
      .map(({ tag, name, attribution }) => ({ label: `${tag} ${name}`, value: attribution })),
  });
}
