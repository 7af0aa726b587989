import type { LabelledRun } from '../window/labelled-run.js';
import type { ModelCardDraft } from '../store/model-card.js';

const LICENCE = 'MIT';

/** What every card says first: name, kind, and where the model comes from. */
export function cardHead(
  name: string,
  kind: ModelCardDraft['kind'],
  data: { readonly description: ModelCardDraft['data'] },
  { seed, createdAt, git }: { readonly seed: number; readonly createdAt: Date; readonly git: string | null },
): Pick<ModelCardDraft, 'name' | 'kind' | 'created_at' | 'data' | 'seed' | 'git' | 'licence'> {
  return {
    name,
    kind,
    created_at: createdAt.toISOString(),
    data: data.description,
    seed,
    git,
    licence: LICENCE,
  };
}

export function testDescription({ test }: { readonly test: readonly LabelledRun[] }): string {
  const normals = test.filter((run) => run.idv === 0).length;
  return `${normals} normal and ${test.length - normals} faulty runs that served nothing else`;
}

/** Four significant digits. */
export function round(value: number): number {
  return Number(value.toPrecision(4));
}

export function mapValues(
  object: Readonly<Record<string, number>>,
  map: (value: number) => number,
): Record<string, number> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]));
}
