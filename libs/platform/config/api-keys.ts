import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** What a caller may do; each role may do all that the ones before it may. */
export const ROLES = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** A configured key: only the SHA-256 of the secret is ever stored. */
export interface ApiKey {
  name: string;
  role: Role;
  sha256: string;
  expiresAt: number | undefined;
}

/** Who is calling. */
export interface Principal {
  name: string;
  role: Role;
}

const ENTRY = /^([A-Za-z0-9_.-]{1,60}):(viewer|operator|admin):([0-9a-f]{64})(?::(\d{4}-\d{2}-\d{2}))?$/;

/**
 * Parses `name:role:sha256[:YYYY-MM-DD]` entries separated by commas.
 * @throws Error naming API_KEYS and the entry at fault (never the secret, which is not in it)
 */
export function parseApiKeys(text: string): ApiKey[] {
  const keys = text
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean)
    .map(apiKeyOf);
  const repeated = keys.find(({ name }, i) => keys.findIndex((key) => key.name === name) !== i);
  if (repeated) throw new Error(`API_KEYS: there are two keys of the name "${repeated.name}"`);
  return keys;
}

function apiKeyOf(entry: string): ApiKey {
  const [, name, role, sha256, expiry] = ENTRY.exec(entry) ?? [];
  const expiresAt = expiry === undefined ? undefined : Date.parse(`${expiry}T00:00:00Z`);
  const isDay = expiresAt === undefined || isoDay(expiresAt) === expiry;
  if (name === undefined || !isDay)
    throw new Error(
      `API_KEYS: "${entry.slice(0, 30)}…" is not NAME:viewer|operator|admin:SHA256[:YYYY-MM-DD]`,
    );
  return { name, role: role as Role, sha256, expiresAt };
}

/** Date.parse makes 3 March of 31 February, or nothing at all. */
function isoDay(epochMs: number): string | undefined {
  return Number.isNaN(epochMs) ? undefined : new Date(epochMs).toISOString().slice(0, 10);
}

/** Makes a new secret and the entry to put into API_KEYS. The secret is shown once and kept nowhere. */
export function createApiKey(name: string, role: Role, expiry?: string): { secret: string; entry: string } {
  const secret = `tep_${randomBytes(24).toString('base64url')}`;
  return { secret, entry: [name, role, digest(secret).toString('hex'), expiry].filter(Boolean).join(':') };
}

/** The principal a secret belongs to, or undefined when it is unknown or expired. Compares in constant time. */
export function authenticate(keys: readonly ApiKey[], secret: string, now: number): Principal | undefined {
  const given = digest(secret);
  const key = keys.find((candidate) => timingSafeEqual(given, Buffer.from(candidate.sha256, 'hex')));
  if (!key || (key.expiresAt !== undefined && now >= key.expiresAt)) return undefined;
  return { name: key.name, role: key.role };
}

/** True when `role` may do what `needed` may. */
export function roleSuffices(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
