// `npm test`: a clean build, which is the type check; then the tests on what was built; lint and dependency
// rules beside both.
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';

function run(command, args) {
  return new Promise((resolve, reject) => {
    const started = Date.now();
    const child = spawn(command, args, { stdio: 'inherit' });
    child.on('error', reject);
    child.on('exit', (code) => {
      console.log(
        `--- ${[command, ...args.slice(0, 3)].join(' ')}: ${code === 0 ? 'ok' : `failed (${code})`}, ${((Date.now() - started) / 1000).toFixed(1)} s`,
      );
      if (code === 0) resolve();
      else reject(new Error(`${command} ${args.join(' ')} failed`));
    });
  });
}

const bin = (name) => `node_modules/.bin/${name}`;
const folders = ['apps', 'libs', 'migrations', 'test', 'bench'];

/** Compiles, then tests: these wait for servers and clocks longer than they compute, hence two workers a core. */
async function compileAndTest() {
  rmSync('dist', { recursive: true, force: true });
  await run('npm', ['run', '--silent', 'build']);
  await run(process.execPath, [bin('jest'), '--maxWorkers=5', ...process.argv.slice(2)]);
}

/** One process at a time, beside the compiler and the first tests: done before the machine is full. */
async function checkSources() {
  await run(bin('oxlint'), ['--deny-warnings']);
  await run(bin('depcruise'), ['--config', '.dependency-cruiser.cjs', ...folders]);
  await run(process.execPath, ['scripts/check-folders.mjs']);
  await run(bin('knip'), []);
  await run(bin('prettier'), [
    '--check',
    '--cache',
    '--cache-strategy',
    'content',
    '--log-level',
    'warn',
    '.',
  ]);
}

const ended = await Promise.allSettled([compileAndTest(), checkSources()]);
const failed = ended.filter(({ status }) => status === 'rejected');
for (const { reason } of failed) console.error(reason.message);
if (failed.length > 0) process.exitCode = 1;
