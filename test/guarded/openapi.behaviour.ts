import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '#jest';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import openapiTs, { astToString, type OpenAPI3 } from 'openapi-typescript';
import { projectPath } from '#platform';
import { type GuardedProduct, KEYS } from './product.js';

interface Schema {
  type?: string | string[];
  properties?: Record<string, Schema>;
  items?: Schema;
}

interface Operation {
  operationId: string;
  security?: object[];
  requestBody?: object;
  parameters?: { name: string; schema: Schema }[];
  responses: Record<string, object>;
}

interface Document {
  openapi: string;
  security: object[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; securitySchemes: Record<string, object> };
}

export function describeOpenApiDocument(product: () => GuardedProduct): void {
  describe('the OpenAPI document', () => openApiDocument(product));
}

function openApiDocument(product: () => GuardedProduct): void {
  let folder: string;
  let text: string;
  let document: Document;
  let types: string;

  beforeAll(async () => {
    // below the packages, whose types the dashboard needs
    folder = await mkdtemp(projectPath('dist', 'openapi-types-'));
    const headers = { authorization: `Bearer ${KEYS.viewer.secret}` };
    text = await (await fetch(`${product().url}/docs-json`, { headers })).text();
    document = JSON.parse(text) as Document;
    types = astToString(await openapiTs(JSON.parse(text) as OpenAPI3));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  const operations = (): [string, Operation][] =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): [string, Operation] => [
        `${method.toUpperCase()} ${path}`,
        operation,
      ]),
    );

  it('is valid OpenAPI 3.1', async () => {
    expect(document.openapi).toBe('3.1.0');
    expect(text).not.toContain('"nullable"');
    const config = await createConfig({ extends: ['recommended'] });
    const problems = await lintFromString({ source: text, absoluteRef: 'openapi.json', config });
    const errors = problems.filter(({ severity }) => severity === 'error');
    expect(
      errors.map(({ ruleId, message, location }) => `${ruleId} ${location[0].pointer}: ${message}`),
    ).toEqual([]);
  });

  it('makes types that compile and say what is in every answer', async () => {
    const code = types.replaceAll(/\/\*.*?\*\//gs, '').replaceAll(/"[^"]*"/g, '');
    const untyped = code.split('\n').filter((line) => /\b(unknown|any)\b/.test(line));
    // Of the headers of an answer it says that there may be others.
    expect(untyped.filter((line) => line.trim() !== '[name: string]: unknown;')).toEqual([]);
    await writeFile(join(folder, 'api.d.ts'), types);
    expect(
      compiled(
        '--ignoreConfig',
        '--strict',
        '--noEmit',
        '--lib',
        'es5',
        '--types',
        '',
        join(folder, 'api.d.ts'),
      ),
    ).toBe('');
    expect(types).toContain('reported_seconds_ago?: number;');
    expect(types).toContain('score: number | null;');
    expect(types).toMatch(/latest: components\["schemas"\]\["SensorValueDto"\] \| null;/);
  });

  it('is the document the dashboard is written for', async () => {
    const dashboard = join(folder, 'dashboard');
    await cp(projectPath('apps', 'dashboard'), dashboard, { recursive: true });
    // compiled with the types of today, not with those it was last built with: `npm run dashboard:types` renews these
    await writeFile(join(dashboard, 'src', 'api', 'schema.ts'), types);
    expect(compiled('-p', dashboard)).toBe('');
  });

  it('names every operation, and keeps the names', () => {
    const names = operations().map(([, { operationId }]) => operationId);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[a-z][A-Za-z]+$/.test(name))).toEqual([]);
    const named = Object.fromEntries(operations().map(([route, { operationId }]) => [route, operationId]));
    expect(named).toMatchObject(NAMES);
  });

  it('says which keys are taken, and 401 only where one is asked for', () => {
    expect(document.security).toEqual([{ bearer: [] }, { api_key: [] }]);
    expect(document.components.securitySchemes).toMatchObject({
      bearer: { type: 'http', scheme: 'bearer' },
      api_key: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
    });
    for (const [route, { security, responses }] of operations()) {
      const isPublic = /\/health(\/live|\/ready)?$/.test(route) && !route.includes('equipment');
      expect([route, security, '401' in responses]).toEqual([route, isPublic ? [] : undefined, !isPublic]);
      expect([route, '403' in responses]).toEqual([route, true]);
      expect([route, '415' in responses]).toEqual([route, !route.startsWith('GET')]);
    }
  });

  it('says how many tags come by default, which depends', () => {
    const { parameters = [] } = document.paths['/api/v1/tags'].get;
    expect(parameters.find(({ name }) => name === 'limit')).toMatchObject({
      description: expect.stringMatching(/50 when left out, with latest=true 500/),
      schema: expect.not.objectContaining({ default: 50 }),
    });
  });

  it('has integers where only whole numbers are', () => {
    const whole =
      /(^|_)(ids?|idv|count|samples|ms|position|version|fault|runs|rows|seeds?|steps|attempts?|progress|pages)$/;
    const found = Object.entries(document.components.schemas).flatMap(([name, { properties = {} }]) =>
      Object.entries(properties).map(([member, schema]): [string, Schema] => [`${name}.${member}`, schema]),
    );
    for (const [route, { parameters = [] }] of operations())
      for (const { name, schema } of parameters) found.push([`${route} ${name}`, schema]);
    const fractional = found.filter(([name, { type, items }]) => {
      const kinds = [type, items?.type].flat();
      return whole.test(name.split(/[. ]/).at(-1) ?? '') && kinds.includes('number');
    });
    expect(fractional.map(([name]) => name)).toEqual([]);
    expect(found.filter(([, { type }]) => [type].flat().includes('integer')).length).toBeGreaterThan(50);
  });
}

/** What the compiler complains about. */
function compiled(...args: string[]): string {
  const compiler = projectPath('node_modules', '@typescript', 'native', 'bin', 'tsc');
  return spawnSync(process.execPath, [compiler, ...args], { encoding: 'utf8' }).stdout;
}

/** Functions of generated clients are called so. */
const NAMES = {
  'GET /api/v1/incidents': 'listIncidents',
  'GET /api/v1/incidents/{incident_id}': 'getIncident',
  'POST /api/v1/incidents/{incident_id}/acknowledge': 'acknowledgeIncident',
  'GET /api/v1/alarms': 'listAlarms',
  'GET /api/v1/alarms/journal': 'listAlarmJournal',
  'GET /api/v1/alarms/figures': 'getAlarmFigures',
  'POST /api/v1/alarms/acknowledge': 'acknowledgeAlarms',
  'GET /api/v1/alarms/{alarm_id}': 'getAlarm',
  'POST /api/v1/alarms/{alarm_id}/acknowledge': 'acknowledgeAlarm',
  'POST /api/v1/alarms/{alarm_id}/shelve': 'shelveAlarm',
  'POST /api/v1/alarms/{alarm_id}/unshelve': 'unshelveAlarm',
  'POST /api/v1/alarms/{alarm_id}/comment': 'commentAlarm',
  'POST /api/v1/alarms/{alarm_id}/out-of-service': 'takeAlarmOutOfService',
  'POST /api/v1/alarms/{alarm_id}/in-service': 'putAlarmInService',
  'GET /api/v1/equipment': 'listEquipment',
  'POST /api/v1/equipment': 'createEquipment',
  'GET /api/v1/equipment/{eq_id}': 'getEquipment',
  'PATCH /api/v1/equipment/{eq_id}': 'updateEquipment',
  'DELETE /api/v1/equipment/{eq_id}': 'deleteEquipment',
  'GET /api/v1/events': 'streamEvents',
  'GET /api/v1/predictions/{job_id}/events': 'streamPrediction',
  'GET /api/v1/reports/{job_id}/events': 'streamReport',
  'GET /api/v1/lots': 'listLots',
  'POST /api/v1/lots': 'createLot',
  'GET /api/v1/lots/{lot_id}': 'getLot',
  'PATCH /api/v1/lots/{lot_id}': 'updateLot',
  'POST /api/v1/lots/{lot_id}/close': 'closeLot',
  'GET /api/v1/timeseries': 'getTimeseries',
  'POST /api/v1/timeseries': 'ingestSamples',
  'GET /api/v1/tags': 'listTags',
  'GET /api/v1/equipment/{eq_id}/sensors': 'listSensors',
  'GET /api/v1/lots/{lot_id}/summary': 'getLotSummary',
  'GET /api/v1/kpi': 'listKpis',
  'GET /api/v1/kpi/{name}/trend': 'getKpiTrend',
  'GET /api/v1/anomalies': 'listAnomalies',
  'GET /api/v1/anomalies/{anomaly_id}': 'getAnomaly',
  'POST /api/v1/anomalies/{anomaly_id}/acknowledge': 'acknowledgeAnomaly',
  'POST /api/v1/anomalies/scan': 'scanWindow',
  'POST /api/v1/predictions': 'requestPrediction',
  'GET /api/v1/predictions': 'listPredictions',
  'GET /api/v1/predictions/{job_id}': 'getPrediction',
  'DELETE /api/v1/predictions/{job_id}': 'cancelPrediction',
  'GET /api/v1/predictions/{job_id}/feature-importance': 'getFeatureImportance',
  'GET /api/v1/models': 'listModels',
  'GET /api/v1/models/{name}/{version}/card': 'getModelCard',
  'POST /api/v1/models/{name}/activate': 'activateModel',
  'POST /api/v1/models/{name}/train': 'trainModel',
  'GET /api/v1/model-trainings': 'listModelTrainings',
  'GET /api/v1/model-trainings/{job_id}': 'getModelTraining',
  'DELETE /api/v1/model-trainings/{job_id}': 'cancelModelTraining',
  'POST /api/v1/reports': 'requestReport',
  'GET /api/v1/reports': 'listReports',
  'GET /api/v1/reports/{job_id}': 'getReport',
  'DELETE /api/v1/reports/{job_id}': 'cancelReport',
  'GET /api/v1/reports/{job_id}/download': 'downloadReport',
  'GET /api/v1/health/equipment': 'getPlantHealth',
  'GET /api/v1/equipment/{eq_id}/health': 'getEquipmentHealth',
  'GET /api/v1/equipment/{eq_id}/status': 'getEquipmentStatus',
  'GET /api/v1/plant': 'getPlant',
  'PATCH /api/v1/plant': 'adjustPlant',
  'POST /api/v1/plant/restart': 'restartPlant',
  'GET /api/v1/plant/streams': 'listStreams',
  'GET /api/v1/plant/disturbances': 'listDisturbances',
  'POST /api/v1/plant/disturbances': 'injectDisturbance',
  'DELETE /api/v1/plant/disturbances/{idv}': 'clearDisturbance',
  'GET /api/v1/health': 'getHealth',
  'GET /api/v1/health/live': 'getLiveness',
  'GET /api/v1/health/ready': 'getReadiness',
  'GET /metrics': 'getMetrics',
};
