import { AnomalySettings } from '#anomaly/settings';
import { PlantSettings } from '#plant/settings';
import { Config, type SettingsGroup } from '#platform/start';
import { ReportSettings } from '#report/settings';
import { TimeseriesSettings } from '#timeseries/settings';
import { TrainingSettings } from '#training/settings';

/** All settings: every process reads and validates them at once, before it loads what they are for. */
export const SETTINGS: readonly SettingsGroup[] = [
  Config,
  PlantSettings,
  TimeseriesSettings,
  AnomalySettings,
  TrainingSettings,
  ReportSettings,
];
