import { readFileSync } from 'node:fs';
import { parser } from '@prometheus-io/lezer-promql';
import { parse } from 'yaml';
import { projectPath } from '#platform';

/** Prometheus gives these to every target, and makes these series itself. */
const TARGET_LABELS = ['job', 'instance'];
const OWN_SERIES = ['up', 'ALERTS'];
/** What errors are counted under, which a process that is well has not got. */
const ERROR_STATUS = /^http_request_duration_seconds/;

/** A series that something of docker/monitoring/ asks for; a label without a value may have any. */
interface AskedSeries {
  askedBy: string;
  name: string;
  labels: Map<string, string | undefined>;
}

/** Labels that something groups by, or writes in a text, of the series it asks for. */
interface AskedLabels {
  askedBy: string;
  labels: string[];
  series: AskedSeries[];
}

interface AlertRules {
  groups: { rules: { alert: string; expr: string; annotations: Record<string, string> }[] }[];
}

interface Dashboard {
  panels: { title: string; targets?: { expr: string; legendFormat: string }[] }[];
}

interface AlertTests {
  tests: { name: string; input_series: { series: string }[] }[];
}

/** A file of docker/monitoring/. */
export function monitoringFile<T>(name: string): T {
  return parse(readFileSync(projectPath('docker', 'monitoring', name), 'utf8')) as T;
}

/**
 * What alerts, their tests and the dashboard ask for and metrics pages lack: names, labels, and values of labels.
 * @param pages of all processes of a profile
 */
export function figuresMissingFrom(pages: string[]): string[] {
  const offered = pages.flatMap(seriesOnPage);
  const asked = expressions().map(({ askedBy, expression, text }) => read(askedBy, expression, text));
  const series = [...asked.flatMap((part) => part.series), ...recordedSeries()].filter(
    ({ name }) => !OWN_SERIES.includes(name),
  );
  const missing = series.filter((one) => !offered.some((other) => answers(other, one)));
  const known = new Map<string, Set<string>>();
  for (const { name, labels } of offered)
    known.set(name, new Set([...(known.get(name) ?? []), ...labels.keys()]));
  const missingLabels = asked.flatMap((part) =>
    part.labels
      .filter(
        (label) =>
          !TARGET_LABELS.includes(label) && !part.series.some(({ name }) => known.get(name)?.has(label)),
      )
      .map((label) => `${part.askedBy}: no series has the label ${label}`),
  );
  return [...missing.map(described), ...missingLabels];
}

/** Every expression with the text that is written about its result. */
function expressions(): { askedBy: string; expression: string; text: string }[] {
  const rules = monitoringFile<AlertRules>('alerts.yml').groups.flatMap((group) => group.rules);
  const { panels } = monitoringFile<Dashboard>('dashboard.json');
  return [
    ...rules.map(({ alert, expr, annotations }) => ({
      askedBy: `alert ${alert}`,
      expression: expr,
      text: Object.values(annotations).join(' '),
    })),
    ...panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ expr, legendFormat }) => ({
        askedBy: `panel ${title}`,
        expression: expr.replaceAll('$__rate_interval', '5m'),
        text: legendFormat,
      })),
    ),
  ];
}

function recordedSeries(): AskedSeries[] {
  return monitoringFile<AlertTests>('alerts.test.yml').tests.flatMap(({ name, input_series }) =>
    input_series.flatMap(({ series }) => read(`recorded series of "${name}"`, series, '').series),
  );
}

/** @throws Error when it is no PromQL */
function read(askedBy: string, expression: string, text: string): AskedLabels {
  const series: AskedSeries[] = [];
  const labels = [...text.matchAll(/\{\{\s*(?:\$labels\.)?(\w+)/g)].map(([, label]) => label);
  let grouping = false;
  let label = '';
  let exact = false;
  parser.parse(expression).iterate({
    enter({ name, type, from, to }) {
      const piece = expression.slice(from, to);
      if (type.isError) throw new Error(`${askedBy}: no PromQL at "${expression.slice(from, from + 20)}"`);
      if (name === 'VectorSelector') series.push({ askedBy, name: '', labels: new Map() });
      const newest = series.at(-1);
      if (name === 'Identifier' && newest) newest.name = piece;
      if (name === 'GroupingLabels' || name === 'LabelMatchers') grouping = name === 'GroupingLabels';
      if (name === 'LabelName' && grouping) labels.push(piece);
      if (name === 'LabelName' && !grouping) label = piece;
      if (name === 'MatchOp') exact = piece === '=';
      if (name === 'StringLiteral' && newest && label !== '')
        newest.labels.set(label, exact ? (JSON.parse(piece) as string) : undefined);
    },
  });
  return { askedBy, labels, series };
}

function seriesOnPage(page: string): Pick<AskedSeries, 'name' | 'labels'>[] {
  return page
    .split('\n')
    .map((line) => /^(\w+)(?:\{(.*)\})? \S+$/.exec(line))
    .filter((found) => found !== null)
    .map(([, name, labels = '']) => ({
      name,
      labels: new Map(
        [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label, value]) => [label, value]),
      ),
    }));
}

function answers(offered: Pick<AskedSeries, 'name' | 'labels'>, asked: AskedSeries): boolean {
  if (offered.name !== asked.name) return false;
  return [...asked.labels].every(([label, value]) => {
    if (TARGET_LABELS.includes(label)) return true;
    if (!offered.labels.has(label)) return false;
    if (label === 'status' && ERROR_STATUS.test(asked.name)) return true;
    return value === undefined || offered.labels.get(label) === value;
  });
}

function described({ askedBy, name, labels }: AskedSeries): string {
  const matchers = [...labels].map(([label, value]) => `${label}=${value ?? '…'}`);
  return `${askedBy}: there is no ${name}{${matchers.join()}}`;
}
