import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ModelCard, type ModelCardDraft, type ModelFile, passesItsGates } from './model-card.js';
import { ModelStoreError } from './model-store.errors.js';
import { isStoredEvaluation, type StoredEvaluation } from './stored-evaluation.js';

const CARD = 'card.json';
const EVALUATION = 'evaluation.json';
const POINTER = 'active.json';
const NAME = /^[a-z][a-z0-9_]{0,63}$/;
const VERSION = /^[1-9][0-9]{0,8}$/;

export interface ModelListing {
  readonly card: ModelCard;
  readonly active: boolean;
}

/** Contents of the files of one version, by file name, as read and checked. */
export interface StoredModel {
  readonly card: ModelCard;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * Models on disk: `<root>/<name>/<version>/{model.json, weights.bin, scaler.json, card.json}`. A version is written whole
 * or not at all and never changed; only evaluation.json, what it was measured at later, may come and change beside it. The
 * version in use is the one `active.json` names, else the highest whose card passes
 * its gates.
 */
export class ModelStore {
  constructor(readonly root: string) {}

  /** Names of all models, sorted. */
  async names(): Promise<string[]> {
    return (await directories(this.root)).filter((name) => NAME.test(name)).sort();
  }

  /** Versions of a model, lowest first; none when the name is unknown. */
  async versions(name: string): Promise<string[]> {
    assertName(name);
    const found = (await directories(join(this.root, name))).filter((version) => VERSION.test(version));
    return found.sort((a, b) => Number(a) - Number(b));
  }

  /** Every version of every model (or of one), the newest first within a model. */
  async list(only?: string): Promise<ModelListing[]> {
    const listings: ModelListing[] = [];
    for (const name of only === undefined ? await this.names() : [only]) {
      const active = await this.activeVersion(name).catch(noUsableVersion);
      for (const version of (await this.versions(name)).reverse()) {
        listings.push({ card: await this.card(name, version), active: version === active });
      }
    }
    return listings;
  }

  /** @throws ModelStoreError model_not_found, model_corrupt */
  async card(name: string, version: string): Promise<ModelCard> {
    const text = await this.read(name, version, CARD);
    try {
      return JSON.parse(text.toString()) as ModelCard;
    } catch {
      throw new ModelStoreError('model_corrupt', `${name} ${version}: ${CARD} is not JSON`);
    }
  }

  /**
   * What a version was measured at after its training; null when nobody has, or when the file is not readable as such.
   * @throws ModelStoreError model_not_found when there is no such version
   */
  async evaluation(name: string, version: string): Promise<StoredEvaluation | null> {
    await this.card(name, version);
    try {
      const text = await readFile(join(this.root, name, version, EVALUATION), 'utf8');
      const value: unknown = JSON.parse(text);
      return isStoredEvaluation(value) ? value : null;
    } catch (error) {
      if (error instanceof SyntaxError || isCode(error, 'ENOENT')) return null;
      throw error;
    }
  }

  /**
   * Replaces what a version was measured at.
   * @throws ModelStoreError model_not_found
   */
  async saveEvaluation(name: string, version: string, evaluation: StoredEvaluation): Promise<void> {
    await this.card(name, version);
    await this.replace(join(this.root, name, version, EVALUATION), evaluation);
  }

  /**
   * The version that is in use.
   * @throws ModelStoreError model_not_found when there is none at all, model_not_usable when none passes its gates
   */
  async activeVersion(name: string): Promise<string> {
    const versions = await this.versions(name);
    if (versions.length === 0) throw new ModelStoreError('model_not_found', `there is no model ${name}`);
    const pointed = await this.pointedVersion(name);
    if (pointed !== undefined && versions.includes(pointed)) return pointed;
    for (const version of versions.reverse()) {
      if (passesItsGates(await this.card(name, version))) return version;
    }
    throw new ModelStoreError('model_not_usable', `no version of ${name} passes its gates`);
  }

  /**
   * Uses this version from now on (also to roll back).
   * @throws ModelStoreError model_not_found; model_not_usable when its card misses a gate
   */
  async activate(name: string, version: string): Promise<void> {
    const card = await this.card(name, version);
    if (!passesItsGates(card)) {
      const missed = card.gates.filter((each) => !each.passed).map((each) => each.figure);
      throw new ModelStoreError(
        'model_not_usable',
        `${name} ${version} misses its gates: ${missed.join(', ')}`,
      );
    }
    await this.replace(join(this.root, name, POINTER), { version });
  }

  /** Readers see the old file or the new one, never a part. */
  private async replace(path: string, content: object): Promise<void> {
    const draft = `${path}.${randomUUID()}`;
    await writeFile(draft, `${JSON.stringify(content)}\n`);
    await rename(draft, path);
  }

  /**
   * Reads a version (default: the one in use) and compares every file with the checksums of its card.
   * @throws ModelStoreError model_not_found, model_corrupt, model_not_usable
   */
  async load(name: string, version?: string): Promise<StoredModel> {
    const chosen = version ?? (await this.activeVersion(name));
    const card = await this.card(name, chosen);
    const files = new Map<string, Uint8Array>();
    for (const [file, expected] of Object.entries(card.files)) {
      const bytes = await this.read(name, chosen, file);
      if (describeFile(bytes).sha256 !== expected.sha256) {
        throw new ModelStoreError('model_corrupt', `${name} ${chosen}: ${file} differs from its checksum`);
      }
      files.set(file, bytes);
    }
    return { card, files };
  }

  /** Writes the next version: everything into a temporary folder, which then takes its name in one step. */
  async save(draft: ModelCardDraft, files: ReadonlyMap<string, Uint8Array>): Promise<ModelCard> {
    assertName(draft.name);
    const folder = join(this.root, draft.name);
    const temporary = join(folder, `.${randomUUID()}`);
    await mkdir(temporary, { recursive: true });
    try {
      for (const [file, bytes] of files) await writeFile(join(temporary, file), bytes);
      const described = Object.fromEntries([...files].map(([file, bytes]) => [file, describeFile(bytes)]));
      return await this.publish(draft, described, temporary);
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  }

  /** Two writers at once race for the number; the loser's rename fails on the folder that is there and it counts on. */
  private async publish(
    draft: ModelCardDraft,
    files: ModelCard['files'],
    temporary: string,
  ): Promise<ModelCard> {
    for (let attempt = 0; attempt < 10; attempt++) {
      const last = (await this.versions(draft.name)).at(-1) ?? '0';
      const version = String(Number(last) + 1);
      const { name, ...rest } = draft;
      const card: ModelCard = { name, version, ...rest, files };
      await writeFile(join(temporary, CARD), `${JSON.stringify(card, null, 2)}\n`);
      try {
        await rename(temporary, join(this.root, name, version));
        return card;
      } catch (error) {
        if (!isCode(error, 'ENOTEMPTY', 'EEXIST')) throw error;
      }
    }
    throw new Error(`could not find a free version number for ${draft.name}`);
  }

  private async pointedVersion(name: string): Promise<string | undefined> {
    try {
      const pointer = JSON.parse(await readFile(join(this.root, name, POINTER), 'utf8')) as {
        version?: unknown;
      };
      return typeof pointer.version === 'string' ? pointer.version : undefined;
    } catch (error) {
      if (error instanceof SyntaxError || isCode(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  private async read(name: string, version: string, file: string): Promise<Buffer> {
    assertName(name);
    if (!VERSION.test(version))
      throw new ModelStoreError('model_not_found', `no version ${version} of ${name}`);
    try {
      return await readFile(join(this.root, name, version, file));
    } catch (error) {
      if (!isCode(error, 'ENOENT', 'ENOTDIR')) throw error;
      const code = file === CARD ? 'model_not_found' : 'model_corrupt';
      throw new ModelStoreError(code, `${name} ${version}: ${file} is missing`);
    }
  }
}

function describeFile(bytes: Uint8Array): ModelFile {
  return { sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.byteLength };
}

/** Names become folder names, so nothing but plain words may pass. */
function assertName(name: string): void {
  if (!NAME.test(name))
    throw new ModelStoreError('model_not_found', `there is no model ${JSON.stringify(name)}`);
}

function noUsableVersion(error: unknown): undefined {
  if (error instanceof ModelStoreError && error.code !== 'model_corrupt') return undefined;
  throw error;
}

async function directories(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return [];
    throw error;
  }
}

function isCode(error: unknown, ...codes: string[]): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && codes.includes(String(error.code));
}
