/**
 * Reproducible random numbers: xoshiro128** (Blackman and Vigna, "Scrambled linear pseudorandom number generators",
 * ACM TOMS 47, 2021), its four words filled from the seed by splitmix32. The same seed gives the same sequence on every machine.
 */
export class SeededRandom {
  private readonly words = new Uint32Array(4);

  /** @param seed any integer; its low 32 bits count */
  constructor(seed: number) {
    let state = seed >>> 0;
    for (let i = 0; i < 4; i++) {
      state = (state + 0x9e3779b9) >>> 0;
      let mixed = state;
      mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
      mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
      this.words[i] = (mixed ^ (mixed >>> 16)) >>> 0;
    }
  }

  /** Uniform integer 0 … 2³² − 1. */
  nextUint32(): number {
    const s = this.words;
    const scrambled = Math.imul(rotateLeft(Math.imul(s[1], 5), 7), 9) >>> 0;
    const shifted = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotateLeft(s[3], 11);
    return scrambled;
  }

  /** Uniform in [0, 1), 53 bits. */
  next(): number {
    const high = this.nextUint32() >>> 5;
    const low = this.nextUint32() >>> 6;
    return (high * 0x4000000 + low) / 0x20000000000000;
  }

  /** Uniform integer 0 … bound − 1. */
  nextInt(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  /** Standard normal (Box–Muller, one of the pair). */
  nextNormal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return radius * Math.cos(2 * Math.PI * this.next());
  }

  /** `count` different integers out of 0 … population − 1, in random order (partial Fisher–Yates). */
  sample(count: number, population: number): Int32Array {
    const pool = Int32Array.from({ length: population }, (_, i) => i);
    for (let i = 0; i < count; i++) {
      const j = i + this.nextInt(population - i);
      const picked = pool[j];
      pool[j] = pool[i];
      pool[i] = picked;
    }
    return pool.slice(0, count);
  }
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
