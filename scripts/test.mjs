// `npm test`: a clean build (the type check), lint and dependency rules beside it, then the tests on what was built.
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';

function run(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const started = Date.now();
    const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });
    child.on('error', reject);
    child.on('exit', (code) => {
      console.log(`--- ${[command, ...args.slice(0, 3)].join(' ')}: ${code === 0 ? 'ok' : `failed (${code})`}, ${((Date.now() - started) / 1000).toFixed(1)} s`);
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
  await Promise.all([
    run(bin('eslint'), ['.', '--max-warnings', '0']),
    run(bin('depcruise'), ['--config', '.dependency-cruiser.cjs', ...folders]),
  ]);
  const jest = [bin('jest'), ...process.argv.slice(2)];
  await run(process.execPath, ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', ...jest], {
    NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
  });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
