import type { ModelCardDraft } from './model-card.js';
import type { TrainingContext, TrainingData } from './model-training.js';

const LICENCE = 'MIT';

/** The part of a card that every kind of model fills in alike. */
export function cardHead(
  name: string,
  kind: ModelCardDraft['kind'],
  data: TrainingData,
  { seed, createdAt, git }: TrainingContext,
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

/** What the figures of a card were measured on, in words. */
export function testDescription(data: TrainingData): string {
  const normals = data.test.filter((run) => run.idv === 0).length;
  return `${normals} normal and ${data.test.length - normals} faulty runs that served nothing else`;
}

/** Four digits, as cards show figures. */
export function round(value: number): number {
  return Number(value.toPrecision(4));
}

export function mapValues(
  object: Readonly<Record<string, number>>,
  map: (value: number) => number,
): Record<string, number> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]));
}
