// `npm start`: compiles what has changed, then is API and worker in this one process. It says what it is at, since a busy machine
// takes its time; on stderr, as stdout belongs to the log.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const SAY_AGAIN_MS = 5_000;

const started = performance.now();
console.error('Building …');
const word = setInterval(
  () => console.error(`Building … ${Math.round((performance.now() - started) / 1_000)} s`),
  SAY_AGAIN_MS,
);
const build = spawn('npm', ['run', '--silent', 'build'], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
const [code] = await once(build, 'exit');
clearInterval(word);
if (code !== 0) process.exit(code ?? 1);
await import('../dist/apps/standalone/main.js');
