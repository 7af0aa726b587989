import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ModelCard, type ModelCardDraft, type ModelFile, passesItsGates } from './model-card.js';
import { parseModelCard } from './model-card-parsing.js';
import {
  describeUnreadable,
  ModelStoreError,
  type ModelStoreErrorCode,
  type UnreadableVersion,
} from './model-store.errors.js';
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

export interface ModelStoreOptions {
  /** Called once for every version that cannot be read, and again when the reason changes. */
  readonly onUnreadable?: (version: UnreadableVersion) => void;
}

type CheckedVersion = { readonly card: ModelCard } | { readonly unreadable: UnreadableVersion };

/**
 * Models on disk: `<root>/<name>/<version>/{model.json, weights.bin, scaler.json, card.json}`. A version is written whole
 * or not at all and never changed; only evaluation.json, what it was measured at later, may come and change beside it. A
 * version is usable when all its files are as its card says and the card passes its gates. The version in use is the usable
 * one that `active.json` names, else the highest usable one; what cannot be read is passed over and reported.
 */
export class ModelStore {
  private readonly checked = new Map<string, { stamp: string; result: CheckedVersion }>();
  private readonly reported = new Map<string, string>();

  constructor(
    readonly root: string,
    private readonly options: ModelStoreOptions = {},
  ) {}

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

  /** Every readable version of every model (or of one), the newest first within a model. */
  async list(only?: string): Promise<ModelListing[]> {
    const listings: ModelListing[] = [];
    for (const name of only === undefined ? await this.names() : [only]) {
      const active = await this.activeVersion(name).catch(noUsableVersion);
      for (const version of (await this.versions(name)).reverse()) {
        const checked = await this.check(name, version);
        if ('card' in checked) listings.push({ card: checked.card, active: version === active });
      }
    }
    return listings;
  }

  /** What is passed over, by model and then the newest first. */
  async unreadable(): Promise<UnreadableVersion[]> {
    const found: UnreadableVersion[] = [];
    for (const name of await this.names()) {
      const versions = await this.versions(name);
      const pointer = await this.pointedVersion(name, versions);
      if (pointer !== undefined && 'unreadable' in pointer) found.push(pointer.unreadable);
      for (const version of versions.reverse()) {
        const checked = await this.check(name, version);
        if ('unreadable' in checked) found.push(checked.unreadable);
      }
    }
    return found;
  }

  /** @throws ModelStoreError model_not_found, model_corrupt */
  async card(name: string, version: string): Promise<ModelCard> {
    const text = await this.read(name, version, CARD);
    const card = parseModelCard(text.toString(), name, version);
    if ('reason' in card) throw unreadable(name, version, CARD, card.reason);
    return card;
  }

  /**
   * The card of a version all of whose files are as the card says.
   * @throws ModelStoreError model_not_found, model_corrupt
   */
  async readableCard(name: string, version: string): Promise<ModelCard> {
    if (!(await this.versions(name)).includes(version)) throw noSuchVersion(name, version);
    const checked = await this.check(name, version);
    if ('card' in checked) return checked.card;
    throw new ModelStoreError('model_corrupt', checked.unreadable);
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
   * @throws ModelStoreError model_not_found when there is none at all, model_not_usable when none can be used
   */
  async activeVersion(name: string): Promise<string> {
    for await (const version of this.usableVersions(name)) return version;
    if ((await this.versions(name)).length === 0)
      throw new ModelStoreError('model_not_found', `there is no model ${name}`);
    throw new ModelStoreError('model_not_usable', `no version of ${name} can be read and passes its gates`);
  }

  /**
   * Uses this version from now on (also to roll back).
   * @throws ModelStoreError model_not_found, model_corrupt; model_not_usable when its card misses a gate
   */
  async activate(name: string, version: string): Promise<void> {
    const card = await this.readableCard(name, version);
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
      if (describeFile(bytes).sha256 !== expected.sha256)
        throw unreadable(name, chosen, file, 'differs from its checksum');
      files.set(file, bytes);
    }
    return { card, files };
  }

  /**
   * Reads a version and makes something of it. Without a version it is the one in use; one that nothing can be made of
   * is passed over from then on, as if it could not be read.
   * @throws ModelStoreError model_not_found, model_corrupt, model_not_usable
   */
  async open<T>(
    name: string,
    version: string | undefined,
    make: (stored: StoredModel) => T | Promise<T>,
  ): Promise<T> {
    for (;;) {
      const chosen = version ?? (await this.activeVersion(name));
      const stamp = await this.stamp(name, chosen);
      const stored = await this.load(name, chosen);
      try {
        return await make(stored);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        const unreadable = { name, version: chosen, file: null, reason };
        this.note(name, chosen, stamp, { unreadable });
        if (version !== undefined) throw new ModelStoreError('model_corrupt', unreadable);
      }
    }
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

  /** Usable versions in the order in which they are used. */
  private async *usableVersions(name: string): AsyncGenerator<string> {
    const versions = await this.versions(name);
    const pointer = await this.pointedVersion(name, versions);
    const pointed = pointer !== undefined && 'version' in pointer ? [pointer.version] : [];
    for (const version of new Set([...pointed, ...versions.reverse()])) {
      const checked = await this.check(name, version);
      if ('card' in checked && passesItsGates(checked.card)) yield version;
    }
  }

  /** Reads a version as `load` does, once for as long as its files stay the same. */
  private async check(name: string, version: string): Promise<CheckedVersion> {
    const stamp = await this.stamp(name, version);
    const known = this.checked.get(`${name}/${version}`);
    if (known?.stamp === stamp) return known.result;
    try {
      return this.note(name, version, stamp, { card: (await this.load(name, version)).card });
    } catch (error) {
      if (!(error instanceof ModelStoreError) || error.unreadable === undefined) throw error;
      return this.note(name, version, stamp, { unreadable: error.unreadable });
    }
  }

  private note(name: string, version: string, stamp: string, result: CheckedVersion): CheckedVersion {
    this.checked.set(`${name}/${version}`, { stamp, result });
    this.report(`${name}/${version}`, 'unreadable' in result ? result.unreadable : undefined);
    return result;
  }

  private report(path: string, unreadable: UnreadableVersion | undefined): void {
    if (unreadable === undefined) return void this.reported.delete(path);
    const text = describeUnreadable(unreadable);
    if (this.reported.get(path) === text) return;
    this.reported.set(path, text);
    this.options.onUnreadable?.(unreadable);
  }

  /** Changes whenever a file of the version does. */
  private async stamp(name: string, version: string): Promise<string> {
    const folder = join(this.root, name, version);
    try {
      const files = (await readdir(folder)).sort();
      const stats = await Promise.all(files.map((file) => stat(join(folder, file))));
      return files
        .map((file, i) => `${file} ${stats[i].size} ${stats[i].mtimeMs} ${stats[i].ctimeMs}`)
        .join();
    } catch (error) {
      return errorCode(error) ?? 'unknown';
    }
  }

  /** What `active.json` says; undefined when there is none. */
  private async pointedVersion(
    name: string,
    versions: readonly string[],
  ): Promise<{ version: string } | { unreadable: UnreadableVersion } | undefined> {
    const path = join(this.root, name, POINTER);
    const fault = (reason: string): { unreadable: UnreadableVersion } => {
      const found = { name, version: null, file: POINTER, reason };
      this.report(path, found);
      return { unreadable: found };
    };
    try {
      const pointer = JSON.parse(await readFile(path, 'utf8')) as { version?: unknown } | null;
      const version = pointer?.version;
      if (typeof version !== 'string' || !versions.includes(version))
        return fault('does not name a version there is');
      this.report(path, undefined);
      return { version };
    } catch (error) {
      if (isCode(error, 'ENOENT')) return undefined;
      return fault(error instanceof SyntaxError ? 'is not JSON' : `cannot be read (${errorCode(error)})`);
    }
  }

  private async read(name: string, version: string, file: string): Promise<Buffer> {
    assertName(name);
    if (!VERSION.test(version)) throw noSuchVersion(name, version);
    try {
      return await readFile(join(this.root, name, version, file));
    } catch (error) {
      // Out of file handles or memory is no fault of the version.
      if (isCode(error, 'EMFILE', 'ENFILE', 'ENOMEM')) throw error;
      if (!isCode(error, 'ENOENT', 'ENOTDIR'))
        throw unreadable(name, version, file, `cannot be read (${errorCode(error)})`);
      const code = file === CARD ? 'model_not_found' : 'model_corrupt';
      throw unreadable(name, version, file, 'is missing', code);
    }
  }
}

function unreadable(
  name: string,
  version: string,
  file: string,
  reason: string,
  code: ModelStoreErrorCode = 'model_corrupt',
): ModelStoreError {
  return new ModelStoreError(code, { name, version, file, reason });
}

function noSuchVersion(name: string, version: string): ModelStoreError {
  return new ModelStoreError('model_not_found', `no version ${version} of ${name}`);
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
  if (error instanceof ModelStoreError) return undefined;
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

function errorCode(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
}

function isCode(error: unknown, ...codes: string[]): boolean {
  const code = errorCode(error);
  return code !== undefined && codes.includes(code);
}
