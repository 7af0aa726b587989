import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '#jest';
import { gate, type ModelCardDraft } from './model-card.js';
import type { UnreadableVersion } from './model-store.errors.js';
import { ModelStore } from './model-store.js';

function aDraft(overrides: Partial<ModelCardDraft> = {}): ModelCardDraft {
  return {
    name: 'pca_t2',
    kind: 'detector',
    created_at: '2026-01-01T00:00:00.000Z',
    data: { source: 'test' },
    seed: 1,
    git: null,
    training: {},
    gates: [gate('false_alarm_rate', 0.01, 'max', 0.02)],
    quality: {},
    limits: [],
    licence: 'MIT',
    ...overrides,
  };
}

const FILES = new Map([['model.json', Buffer.from('{"a":1}')]]);
const MISSED = { gates: [gate('false_alarm_rate', 0.5, 'max', 0.02)] };

describe('the model store', () => {
  let root: string;
  let store: ModelStore;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'models-'));
    store = new ModelStore(root);
  });

  afterEach(() => rm(root, { recursive: true, force: true }));

  it('counts versions up and gives back what was saved', async () => {
    await store.save(aDraft(), FILES);
    const second = await store.save(aDraft({ seed: 2 }), FILES);
    expect(second.version).toBe('2');
    expect(await store.versions('pca_t2')).toEqual(['1', '2']);
    const { card, files } = await store.load('pca_t2', '2');
    expect(card).toEqual(second);
    expect(Buffer.from(files.get('model.json') ?? []).toString()).toBe('{"a":1}');
  });

  it('uses the newest version that passes its gates, and names it in the list', async () => {
    await store.save(aDraft(), FILES);
    await store.save(aDraft(MISSED), FILES);
    expect(await store.activeVersion('pca_t2')).toBe('1');
    const listed = (await store.list()).map(({ card, active }) => [card.version, active]);
    expect(listed).toEqual([
      ['2', false],
      ['1', true],
    ]);
  });

  it('rolls back to an older version and refuses one that misses its gates', async () => {
    await store.save(aDraft(), FILES);
    await store.save(aDraft(), FILES);
    await store.save(aDraft(MISSED), FILES);
    await store.activate('pca_t2', '1');
    expect(await store.activeVersion('pca_t2')).toBe('1');
    await expect(store.activate('pca_t2', '3')).rejects.toMatchObject({ code: 'model_not_usable' });
    expect(await store.activeVersion('pca_t2')).toBe('1');
  });

  it('notices a file that was changed', async () => {
    await store.save(aDraft(), FILES);
    await writeFile(join(root, 'pca_t2', '1', 'model.json'), '{"a":2}');
    await expect(store.load('pca_t2', '1')).rejects.toMatchObject({ code: 'model_corrupt' });
  });

  it('notices a file that is gone', async () => {
    await store.save(aDraft(), FILES);
    await rm(join(root, 'pca_t2', '1', 'model.json'));
    await expect(store.load('pca_t2', '1')).rejects.toMatchObject({ code: 'model_corrupt' });
  });

  it.each([
    ['a card that is not JSON', 'card.json', '{"name":', 'is not JSON'],
    [
      'a card of another version',
      'card.json',
      '{"name":"cva","version":"7"}',
      'is the card of another version',
    ],
    [
      'a card without gates',
      'card.json',
      JSON.stringify({ ...aDraft(), version: '2', gates: null }),
      'has no usable gates',
    ],
    ['no card', 'card.json', null, 'is missing'],
    ['a missing file', 'model.json', null, 'is missing'],
    ['a changed file', 'model.json', '{"a":2}', 'differs from its checksum'],
  ])('passes over a version with %s, and tells of it once', async (_what, file, text, reason) => {
    const told: UnreadableVersion[] = [];
    const watched = new ModelStore(root, { onUnreadable: (version) => told.push(version) });
    await store.save(aDraft(), FILES);
    await store.save(aDraft(), FILES);
    expect(await watched.activeVersion('pca_t2')).toBe('2');
    const path = join(root, 'pca_t2', '2', file);
    await (text === null ? rm(path) : writeFile(path, text));
    expect(await watched.activeVersion('pca_t2')).toBe('1');
    expect((await watched.list()).map(({ card, active }) => [card.version, active])).toEqual([['1', true]]);
    expect((await watched.load('pca_t2')).card.version).toBe('1');
    const unreadable = { name: 'pca_t2', version: '2', file, reason };
    expect(await watched.unreadable()).toEqual([unreadable]);
    expect(told).toEqual([unreadable]);
    await expect(watched.activate('pca_t2', '2')).rejects.toMatchObject({
      message: `pca_t2 2: ${file} ${reason}`,
    });
  });

  it('uses a version again once it is mended', async () => {
    await store.save(aDraft(), FILES);
    await store.save(aDraft(), FILES);
    const path = join(root, 'pca_t2', '2', 'model.json');
    await writeFile(path, '{"a":2, "b":3}');
    expect(await store.activeVersion('pca_t2')).toBe('1');
    await writeFile(path, '{"a":1}');
    expect(await store.activeVersion('pca_t2')).toBe('2');
    expect(await store.unreadable()).toEqual([]);
  });

  it('passes over a version that nothing can be made of', async () => {
    await store.save(aDraft(), FILES);
    await store.save(aDraft(), FILES);
    const madeOf = await store.open('pca_t2', undefined, ({ card }) => {
      if (card.version === '2') throw new Error('of a later product');
      return card.version;
    });
    expect(madeOf).toBe('1');
    expect(await store.activeVersion('pca_t2')).toBe('1');
    expect(await store.unreadable()).toMatchObject([{ version: '2', reason: 'of a later product' }]);
  });

  it.each(['{', 'null', '{"version":"9"}', '{"version":["1"]}'])(
    'passes over a pointer of %s',
    async (pointer) => {
      await store.save(aDraft(), FILES);
      await writeFile(join(root, 'pca_t2', 'active.json'), pointer);
      expect(await store.activeVersion('pca_t2')).toBe('1');
      expect(await store.unreadable()).toMatchObject([{ version: null, file: 'active.json' }]);
    },
  );

  it.each([
    ['nothing', '1'],
    ['pca_t2', '9'],
    ['../pca_t2', '1'],
    ['pca_t2', '../1'],
  ])('does not find model %s version %s', async (name, version) => {
    await store.save(aDraft(), FILES);
    await expect(store.load(name, version)).rejects.toMatchObject({ code: 'model_not_found' });
  });

  it('gives writers at the same time different versions and leaves nothing half-written behind', async () => {
    const cards = await Promise.all(
      Array.from({ length: 5 }, (_, seed) => store.save(aDraft({ seed }), FILES)),
    );
    expect(cards.map((card) => card.version).sort()).toEqual(['1', '2', '3', '4', '5']);
    expect((await readdir(join(root, 'pca_t2'))).sort()).toEqual(['1', '2', '3', '4', '5']);
  });

  it('keeps what a version was measured at beside it, and its files as they are', async () => {
    const { version } = await store.save(aDraft(), FILES);
    expect(await store.evaluation('pca_t2', version)).toBeNull();
    const headline = [{ figure: 'detection_rate', set: 'simulated', value: 0.9, low: 0.8, high: 1 }] as const;
    const evaluation = { seed: 1, seeds: 2, headline, sets: [] };
    await store.saveEvaluation('pca_t2', version, { ...evaluation, seeds: 20 });
    await store.saveEvaluation('pca_t2', version, evaluation);
    expect(await store.evaluation('pca_t2', version)).toEqual(evaluation);
    expect([...(await store.load('pca_t2')).files.keys()]).toEqual(['model.json']);
  });

  it.each([
    '',
    '{"headline":',
    '[]',
    'null',
    '{"headline":[{"figure":"x","set":"moon","value":1}],"sets":[]}',
  ])('takes an evaluation that reads %j for none', async (text) => {
    await store.save(aDraft(), FILES);
    await writeFile(join(root, 'pca_t2', '1', 'evaluation.json'), text);
    expect(await store.evaluation('pca_t2', '1')).toBeNull();
  });

  it('has no evaluation of a version there is not', async () => {
    await expect(store.evaluation('pca_t2', '7')).rejects.toMatchObject({ code: 'model_not_found' });
  });

  it('lets no version with a figure that is not a number pass', () => {
    expect(gate('rate', NaN, 'max', 1).passed).toBe(false);
    expect(gate('rate', NaN, 'min', 0).passed).toBe(false);
  });
});
