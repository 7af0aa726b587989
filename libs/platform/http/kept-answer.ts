/** How an answer is made, and for how long it is right. */
export interface KeptAnswerOptions<T> {
  /** Names of the sources it is made of (`Revisions`); it is made anew when one has changed. */
  from: readonly string[];
  /** The clock whose time it also depends on, if so: then it is a second old at the most, and a minute by that clock. */
  clock?: { now(): number } | undefined;
  headers?: ((value: T) => Record<string, string>) | undefined;
  /** What is shown of it, all by default. */
  body?: ((value: T) => unknown) | undefined;
}

/**
 * What a route of GET returns whose answer is given more than once. How it is made must follow from the address of the request
 * alone, not from who asks or what he accepts: whoever asks for the same address gets the bytes that are kept, without the route.
 */
export class KeptAnswer<T = unknown> {
  constructor(
    readonly produce: () => Promise<T>,
    /** Undefined: nothing is kept, but whoever asks at the same time gets the same. */
    readonly keeping: KeptAnswerOptions<T> | undefined,
    readonly statusOf: (value: T) => number = () => 200,
  ) {}
}

/** An answer that is kept until one of its sources changes. */
export function keptAnswer<T>(keeping: KeptAnswerOptions<T>, produce: () => Promise<T>): KeptAnswer<T> {
  return new KeptAnswer(produce, keeping);
}

/** An answer that is never old: it is made for all who ask in the same moment, after the last of them has asked. */
export function sharedAnswer<T>(produce: () => Promise<T>, statusOf?: (value: T) => number): KeptAnswer<T> {
  return new KeptAnswer(produce, undefined, statusOf);
}
