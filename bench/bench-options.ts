import type { Profile } from '../test/harness/profile-resources.js';

/** What the command line says to the benches that take it; what is left out is theirs to say. */
export interface BenchOptions {
  /** Sizes of `growth` in plant days, e.g. `1,60,720`; `none` leaves them out. */
  days?: string;
  /** Sizes of `growth` in stored samples, e.g. `10M,130M`; `none` leaves them out. */
  samples?: string;
  /** Profiles of `growth` and `soak`, e.g. `embedded,server`. */
  profiles?: string;
  /** How long `soak` runs on each profile. */
  minutes?: string;
}

const MAGNITUDES: Readonly<Record<string, number>> = { '': 1, k: 1e3, M: 1e6 };
const PROFILES: readonly Profile[] = ['embedded', 'server'];

/**
 * Sizes in ascending order.
 * @throws Error when a part of the text is no whole number, with k or M behind it or without
 */
export function sizesOf(option: string, text: string): number[] {
  if (text === 'none') return [];
  const sizes = text.split(',').map((part) => {
    const [, digits, magnitude] = /^(\d+)([kM]?)$/.exec(part.trim()) ?? [];
    if (digits === undefined)
      throw new Error(`--${option} must be whole numbers such as 1,60,720 or 10M,130M, not ${text}`);
    return Number(digits) * (MAGNITUDES[magnitude ?? ''] ?? NaN);
  });
  return sizes.sort((a, b) => a - b);
}

/** @throws Error when there is no such profile */
export function profilesOf(text: string = PROFILES.join(',')): Profile[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !PROFILES.some((profile) => profile === name));
  if (unknown.length > 0) throw new Error(`--profiles must be of ${PROFILES.join(', ')}, not ${text}`);
  return PROFILES.filter((profile) => names.includes(profile));
}
