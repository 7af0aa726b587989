import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelStore } from '#ml';

const FILE = '.training.json';

/** Which training it is: only the same one can be resumed. */
export interface TrainingKey {
  readonly seed: number;
  readonly quick: boolean;
  readonly names: readonly string[];
}

/** Which models of a training are there already; kept beside them until all are. */
export class UnfinishedTraining {
  private constructor(
    private readonly path: string,
    private readonly key: string,
    private readonly done: Map<string, string>,
  ) {}

  /** @param resume whether what a broken-off training of the same kind has written counts */
  static async open(store: ModelStore, key: TrainingKey, resume: boolean): Promise<UnfinishedTraining> {
    const path = join(store.root, FILE);
    const ownKey = JSON.stringify([key.seed, key.quick, key.names]);
    const done = new Map<string, string>();
    const found = resume ? await read(path) : undefined;
    if (found?.key === ownKey) {
      for (const [name, version] of Object.entries(found.done ?? {}))
        if ((await store.versions(name)).includes(version)) done.set(name, version);
    }
    return new UnfinishedTraining(path, ownKey, done);
  }

  /** The version that was written of a model, if it was. */
  versionOf(name: string): string | undefined {
    return this.done.get(name);
  }

  /** A model is written: from now on it may be left out. */
  async note(name: string, version: string): Promise<void> {
    this.done.set(name, version);
    const draft = `${this.path}.draft`;
    await writeFile(draft, `${JSON.stringify({ key: this.key, done: Object.fromEntries(this.done) })}\n`);
    await rename(draft, this.path);
  }

  /** All are there: nothing is left to resume. */
  async finish(): Promise<void> {
    await rm(this.path, { force: true });
  }
}

async function read(path: string): Promise<{ key?: string; done?: Record<string, string> } | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as { key?: string; done?: Record<string, string> };
  } catch (error) {
    if (error instanceof SyntaxError || (error as { code?: string }).code === 'ENOENT') return undefined;
    throw error;
  }
}
