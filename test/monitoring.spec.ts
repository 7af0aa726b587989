import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '#jest';
import { projectPath } from '#platform';
import { describeWithPrograms } from './harness/index.js';
import { monitoringFile } from './harness/monitored-figures.js';

interface AlertRules {
  groups: { rules: { alert: string }[] }[];
}

interface AlertTests {
  tests: { alert_rule_test: { alertname: string; eval_time: string; exp_alerts: unknown[] }[] }[];
}

const alerts = monitoringFile<AlertRules>('alerts.yml').groups.flatMap(({ rules }) =>
  rules.map(({ alert }) => alert),
);

describe('the alerts', () => {
  it('are each made to fire, and to clear after that', () => {
    const { tests } = monitoringFile<AlertTests>('alerts.test.yml');
    const tried = tests.flatMap(({ alert_rule_test: steps }) =>
      steps
        .filter(({ exp_alerts }) => exp_alerts.length > 0)
        .filter(({ alertname, eval_time }) =>
          steps.some(
            (later) =>
              later.alertname === alertname &&
              later.exp_alerts.length === 0 &&
              parseInt(later.eval_time) > parseInt(eval_time),
          ),
        )
        .map(({ alertname }) => alertname),
    );
    expect([...new Set(tried)].sort()).toEqual([...alerts].sort());
  });

  it('are explained one by one in docs/operations.md', async () => {
    const guide = await readFile(projectPath('docs', 'operations.md'), 'utf8');
    const explained = [...guide.matchAll(/^\| `(Tep\w+)`/gm)].map(([, alert]) => alert);
    expect(explained.sort()).toEqual([...alerts].sort());
  });
});

describeWithPrograms(['promtool'], 'what Prometheus says of docker/monitoring', () => {
  it.each([
    ['the recorded series make every alert fire and clear', ['test', 'rules', 'alerts.test.yml']],
    ['the rules are rules', ['check', 'rules', 'alerts.yml']],
    ['the configuration is one', ['check', 'config', '--syntax-only', 'prometheus.yml']],
  ])('%s', (_what, args) => {
    const { status, stdout, stderr } = spawnSync('promtool', args, {
      cwd: projectPath('docker', 'monitoring'),
      encoding: 'utf8',
    });
    expect([status, status === 0 ? '' : stdout + stderr]).toEqual([0, '']);
  });
});
