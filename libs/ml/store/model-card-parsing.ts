import type { ModelCard } from './model-card.js';

const KINDS = ['detector', 'diagnosis', 'forecast'];
const SHA256 = /^[0-9a-f]{64}$/;

/**
 * Reads the text of a card.json.
 * @returns the card, or what is wrong with it
 */
export function parseModelCard(text: string, name: string, version: string): ModelCard | { reason: string } {
  let card: unknown;
  try {
    card = JSON.parse(text);
  } catch {
    return { reason: 'is not JSON' };
  }
  if (!isObject(card)) return { reason: 'is not an object' };
  if (card.name !== name || card.version !== version) return { reason: 'is the card of another version' };
  if (!KINDS.includes(String(card.kind))) return { reason: 'names no known kind of model' };
  const faulty = Object.entries(MEMBERS).find(([member, isGood]) => !isGood(card[member]));
  return faulty ? { reason: `has no usable ${faulty[0]}` } : (card as unknown as ModelCard);
}

/** What the product relies on. */
const MEMBERS: Record<string, (value: unknown) => boolean> = {
  created_at: (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  data: isObject,
  training: isObject,
  gates: (value) =>
    Array.isArray(value) &&
    value.every(
      (each) => isObject(each) && typeof each.figure === 'string' && typeof each.passed === 'boolean',
    ),
  quality: isObject,
  limits: Array.isArray,
  files: (value) =>
    isObject(value) &&
    Object.entries(value).every(
      ([file, described]) =>
        isPlainFile(file) && isObject(described) && SHA256.test(String(described.sha256)),
    ),
};

/** File names of a card are read from its own folder and nowhere else. */
function isPlainFile(file: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(file);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
