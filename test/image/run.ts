import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, dirname } from 'node:path';

/** The environment of a command of the image: that of this process, whose Node is the image's. */
export function withThisNode(variables: Record<string, string>): NodeJS.ProcessEnv {
  const path = `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`;
  return { ...process.env, NODE_OPTIONS: '', ...variables, PATH: path };
}

/** Runs a command to its end. @returns what it printed @throws Error with that when it fails */
export async function run(
  [program, ...args]: string[],
  folder: string,
  variables: Record<string, string>,
): Promise<string> {
  const child = spawn(program, args, {
    cwd: folder,
    env: withThisNode(variables),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => void (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${[program, ...args].join(' ')} ended with ${code}:\n${output}`);
  return output;
}
