import { Injectable } from '@nestjs/common';

/** Takes the bell to other processes. What it carries may be lost: whoever listens looks by himself now and then. */
export interface BellCarrier {
  ring(): void;
  /** Begins to hear the others; may be called more than once. */
  listen(heard: () => void): void;
}

/** Between two rings that are carried: a reader that is woken sees whatever was written meanwhile. */
const CARRY_EVERY_MS = 20;

/**
 * Wakes those who wait for events, here and, where there is a carrier, in other processes. It says neither what has happened nor
 * that anything has: that stands in the database, and nothing is lost with a ring.
 */
@Injectable()
export class Bell {
  private readonly listeners = new Set<() => void>();
  private carrier: BellCarrier | undefined;
  private carriedAt = -Infinity;
  private carrying: NodeJS.Timeout | undefined;

  /** To be called after the commit. */
  ring(): void {
    this.wake();
    if (!this.carrier || this.carrying) return;
    const { carrier } = this;
    const carry = (): void => {
      this.carrying = undefined;
      this.carriedAt = performance.now();
      carrier.ring();
    };
    const waitMs = this.carriedAt + CARRY_EVERY_MS - performance.now();
    if (waitMs > 0) this.carrying = setTimeout(carry, waitMs).unref();
    else carry();
  }

  /** @returns how to stop listening */
  onRing(listener: () => void): () => void {
    this.listeners.add(listener);
    this.carrier?.listen(() => this.wake());
    return () => this.listeners.delete(listener);
  }

  carryBy(carrier: BellCarrier): void {
    this.carrier = carrier;
  }

  private wake(): void {
    for (const listener of this.listeners) listener();
  }
}
