// `npm test`: a clean build, which is the type check; then the tests on what was built.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';

/** They wait for servers and clocks longer than they compute. */
const WORKERS = 5;

function run(command, ...args) {
  const started = Date.now();
  const { error, status } = spawnSync(command, args, { stdio: 'inherit' });
  if (error) throw error;
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(
    `--- ${[command, ...args].join(' ')}: ${status === 0 ? 'ok' : `failed (${status})`}, ${seconds} s`,
  );
  if (status !== 0) process.exit(1);
}

rmSync('dist', { recursive: true, force: true });
run('npm', 'run', '--silent', 'build');
run(process.execPath, 'node_modules/.bin/jest', `--maxWorkers=${WORKERS}`, ...process.argv.slice(2));
