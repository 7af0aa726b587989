import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { projectPath } from '../../libs/platform/config/project-path.js';

/** Runs the SQL it is sent on a SQLite file, and answers every line with `done` or the error. */
const SCRIPT = `
const Connection = require('libsql');
const connection = new Connection(process.argv[1], { timeout: 5000 });
require('node:readline').createInterface(process.stdin).on('line', (sql) => {
  try { connection.exec(sql); console.log('done'); } catch (error) { console.log(error.message); }
});`;

/** Another program with the product's SQLite file open, e.g. a backup tool. */
export class OtherProgram {
  private readonly child: ChildProcessWithoutNullStreams;

  constructor(file: string) {
    this.child = spawn(process.execPath, ['-e', SCRIPT, file], {
      cwd: projectPath(),
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: 'pipe',
    });
  }

  /** @throws Error with what SQLite said */
  async run(sql: string): Promise<void> {
    const answer = once(this.child.stdout, 'data');
    this.child.stdin.write(`${sql}\n`);
    const [line] = (await answer) as [Buffer];
    if (line.toString().trim() !== 'done') throw new Error(line.toString());
  }

  /** It ends without a word, as when it is killed; its locks go with it. */
  async end(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }
}
