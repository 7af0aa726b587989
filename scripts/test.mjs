// `npm test`: a clean build, which is the type check; then the tests on what was built, with lint and dependency rules
// beside them.
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';

function run(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const started = Date.now();
    const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });
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

try {
  rmSync('dist', { recursive: true, force: true });
  await run(bin('tsc'), ['-p', 'tsconfig.json']);
  const jest = [bin('jest'), '--maxWorkers=3', ...process.argv.slice(2)];
  const ended = await Promise.allSettled([
    run(process.execPath, jest, {
      NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
    }),
    run(bin('eslint'), ['.', '--max-warnings', '0']),
    run(bin('depcruise'), ['--config', '.dependency-cruiser.cjs', ...folders]),
  ]);
  const failed = ended.filter(({ status }) => status === 'rejected');
  if (failed.length > 0) throw new Error(failed.map(({ reason }) => reason.message).join('\n'));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
