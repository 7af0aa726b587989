import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Arg, Copy, DockerfileParser, From, type Instruction } from 'dockerfile-ast';
import { projectPath } from '#platform';
import { run } from './run.js';

const WORKDIR = '/app';

/**
 * Builds the image of docker/Dockerfile as it is built by default, without a container engine: each stage in a folder, on this
 * machine's Node.
 * What the last stage does to the system (packages, users) is left out, and reported.
 * @returns the folder that is /app in the image
 */
export async function layImage(folder: string): Promise<string> {
  const stages = readStages();
  const folders = new Map<string, string>();
  for (const [i, { name, instructions }] of stages.entries()) {
    const stageFolder = join(folder, name);
    mkdirSync(stageFolder);
    folders.set(name, stageFolder);
    const defaults: Record<string, string> = {};
    for (const instruction of instructions) {
      const text = instruction.getArgumentsContent() ?? '';
      if (instruction instanceof Copy) copy(instruction, stageFolder, folders);
      if (instruction instanceof Arg) {
        const argument = instruction.getProperty();
        if (argument) defaults[argument.getName()] = argument.getValue() ?? '';
      }
      if (instruction.getKeyword() !== 'RUN') continue;
      if (i < stages.length - 1) await run(['/bin/sh', '-c', text], stageFolder, defaults);
      else process.stdout.write(`*** NOT RUN, it is about the system of the image: ${text}\n`);
    }
  }
  return join(folder, stages.at(-1)?.name ?? '');
}

/** Stages in their order; one without a name has its number. What stands before the first is for the engine alone. */
function readStages(): { name: string; instructions: Instruction[] }[] {
  const dockerfile = DockerfileParser.parse(readFileSync(projectPath('docker', 'Dockerfile'), 'utf8'));
  const stages: { name: string; instructions: Instruction[] }[] = [];
  for (const instruction of dockerfile.getInstructions()) {
    if (instruction instanceof From)
      stages.push({ name: instruction.getBuildStage() ?? String(stages.length), instructions: [] });
    else stages.at(-1)?.instructions.push(instruction);
  }
  return stages;
}

/** As COPY does: of a folder what is in it, of files the files. */
function copy(instruction: Copy, stageFolder: string, folders: Map<string, string>): void {
  // `getFromFlag` answers null where there is another flag beside it.
  const from = instruction
    .getFlags()
    .find((flag) => flag.getName() === 'from')
    ?.getValue();
  const source = from ? folders.get(from) : projectPath();
  if (source === undefined) throw new Error(`There is no stage ${from}`);
  const paths = instruction.getArguments().map((argument) => argument.getValue());
  const target = paths.pop() ?? '';
  for (const path of paths) {
    const found = join(source, path.startsWith(WORKDIR) ? path.slice(WORKDIR.length) : path);
    const into = join(stageFolder, target);
    if (path === '.') copyContext(found, into);
    else if (path.includes('*')) copyMatching(found, into);
    else
      cpSync(found, paths.length > 1 || target === './' ? join(into, basename(found)) : into, {
        recursive: true,
      });
  }
}

/** Without what .dockerignore keeps from the engine; it names entries of the project's folder only. */
function copyContext(from: string, to: string): void {
  const ignored = readFileSync(join(from, '.dockerignore'), 'utf8').split('\n').filter(Boolean);
  for (const entry of readdirSync(from))
    if (!ignored.includes(entry)) cpSync(join(from, entry), join(to, entry), { recursive: true });
}

function copyMatching(pattern: string, into: string): void {
  const [before, after] = basename(pattern).split('*');
  mkdirSync(into, { recursive: true });
  for (const entry of readdirSync(dirname(pattern)))
    if (entry.startsWith(before) && entry.endsWith(after))
      cpSync(join(dirname(pattern), entry), join(into, entry));
}
