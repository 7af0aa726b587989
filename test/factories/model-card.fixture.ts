import type { ModelCardDraft } from '#ml';

/** A card without gates, for a version that a test stores. */
export function aModelCard(changes: Partial<ModelCardDraft> = {}): ModelCardDraft {
  return {
    name: 'zscore',
    kind: 'detector',
    created_at: '2026-01-01T00:00:00.000Z',
    data: { source: 'simulated normal operation' },
    seed: 11,
    git: null,
    training: {},
    gates: [],
    quality: {},
    limits: ['Made for tests.'],
    licence: 'MIT',
    ...changes,
  };
}
