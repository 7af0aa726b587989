import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, it } from '#jest';
import { AnomalySettings } from '#anomaly/settings';
import { PlantSettings } from '#plant/settings';
import { ConfigError, projectPath, readEnvironment, variablesOf } from '#platform';
import { ReportSettings } from '#report/settings';
import { TimeseriesSettings } from '#timeseries/settings';
import { TrainingSettings } from '#training/settings';
import { SETTINGS } from './settings.js';

const VARIABLES = SETTINGS.flatMap(variablesOf);

function problemsOf(variables: Record<string, string>): string[] {
  try {
    readEnvironment(SETTINGS, variables);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

/** Name and default of each row of the table of settings in docs/operations.md. */
function documented(): Record<string, string> {
  const guide = readFileSync(projectPath('docs', 'operations.md'), 'utf8');
  const [section] = guide.split(/^## Settings$/m)[1].split(/^##/m);
  const rows = [...section.matchAll(/^\| `([A-Z_]+)` *\| (?:`(.*?)`)? *\|/gm)];
  return Object.fromEntries(rows.map(([, name, value = '']) => [name, value]));
}

describe('the settings of the features', () => {
  it('are read from their variables', () => {
    const environment = readEnvironment(SETTINGS, {
      PLANT_SOURCE: 'external',
      PLANT_SPEED: '0.5',
      PLANT_SEED: '12',
      PLANT_HISTORY_HOURS: '0',
      PLANT_TIME_ZONE: 'Asia/Seoul',
      RAW_RETENTION_DAYS: '30',
      MODELS_DIR: '/models',
      TRAINING_FULL: 'true',
      PRODUCTION_DAY_START: '06:30',
      CHROMIUM_PATH: '/usr/bin/chromium',
      REPORT_TIMEOUT_S: '60',
    });
    expect(environment.of(PlantSettings)).toEqual({
      source: 'external',
      speed: 0.5,
      seed: 12,
      historyHours: 0,
      timeZone: 'Asia/Seoul',
    });
    expect(environment.of(TimeseriesSettings)).toEqual({ rawRetentionDays: 30 });
    expect(environment.of(AnomalySettings)).toEqual({ modelsDir: '/models' });
    expect(environment.of(TrainingSettings)).toMatchObject({ fullTrainingAllowed: true });
    expect(environment.of(ReportSettings)).toMatchObject({
      productionDayStartMs: 6.5 * 3_600_000,
      chromiumPath: '/usr/bin/chromium',
      timeoutMs: 60_000,
    });
  });

  it.each([
    ['PLANT_SOURCE', 'opc'],
    ['PLANT_SPEED', '0'],
    ['PLANT_SPEED', 'fast'],
    ['PLANT_SPEED', ' '],
    ['PLANT_SEED', '1.5'],
    ['PLANT_HISTORY_HOURS', '721'],
    ['PLANT_TIME_ZONE', 'Asia/Atlantis'],
    ['PLANT_TIME_ZONE', 'KST+9'],
    ['PRODUCTION_DAY_START', '7'],
    ['PRODUCTION_DAY_START', '24:00'],
    ['RAW_RETENTION_DAYS', '0'],
    ['TRAINING_FULL', 'yes'],
    ['REPORT_TIMEOUT_S', '9'],
  ])('name the variable when %s=%s', (name, value) => {
    expect(problemsOf({ [name]: value })).toEqual([expect.stringMatching(`^${name} must `)]);
  });

  it('report in one message what is wrong in all of them', () => {
    const wrong = { PORT: '-1', PLANT_SPEED: '0', RAW_RETENTION_DAYS: '0', TRAINING_FULL: '1' };
    const problems = problemsOf({ ...wrong, PRODUCTION_DAY_START: '7' });
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      ...Object.keys(wrong),
      'PRODUCTION_DAY_START',
    ]);
  });
});

describe('every variable', () => {
  it('belongs to one group', () => {
    expect(VARIABLES).toEqual([...new Set(VARIABLES)]);
  });

  it.each([
    ['.env', () => parseEnv(readFileSync(projectPath('.env'), 'utf8'))],
    ['docs/operations.md', documented],
  ])('stands in %s, with the default that it has', (_file, read) => {
    const written = read() as Record<string, string>;
    expect(Object.keys(written).toSorted()).toEqual(VARIABLES.toSorted());
    const defaults = readEnvironment(SETTINGS, {});
    expect([...readEnvironment(SETTINGS, written).all]).toEqual([...defaults.all]);
  });
});
