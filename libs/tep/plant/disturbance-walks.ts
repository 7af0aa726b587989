import type { RandomGenerator } from './random-generator.js';

const WALK_COUNT = 12;

/** Walks 1…9 wander between random points; walks 10…12 are pulses. */
const WANDERING_COUNT = 9;

/** Spans and zeros of segment length h [h], value s and slope (spans of slopes are all zero in the published plant). */
const WALKS = [
  { idv: 8, hSpan: 0.2, hZero: 0.5, sSpan: 0.03, sZero: 0.485, spSpan: 0 }, // mole fraction A in stream 4
  { idv: 8, hSpan: 0.7, hZero: 1.0, sSpan: 0.003, sZero: 0.005, spSpan: 0 }, // mole fraction B in stream 4
  { idv: 9, hSpan: 0.25, hZero: 0.5, sSpan: 10.0, sZero: 45.0, spSpan: 0 }, // temperature of stream 2, °C
  { idv: 10, hSpan: 0.7, hZero: 1.0, sSpan: 10.0, sZero: 45.0, spSpan: 0 }, // temperature of stream 4, °C
  { idv: 11, hSpan: 0.15, hZero: 0.25, sSpan: 10.0, sZero: 35.0, spSpan: 0 }, // reactor cooling water in, °C
  { idv: 12, hSpan: 0.15, hZero: 0.25, sSpan: 10.0, sZero: 40.0, spSpan: 0 }, // condenser cooling water in, °C
  { idv: 13, hSpan: 1.0, hZero: 2.0, sSpan: 0.25, sZero: 1.0, spSpan: 0 }, // factor on reaction 1
  { idv: 13, hSpan: 1.0, hZero: 2.0, sSpan: 0.25, sZero: 1.0, spSpan: 0 }, // factor on reaction 2
  { idv: 16, hSpan: 0.4, hZero: 0.5, sSpan: 0.25, sZero: 0.0, spSpan: 0 }, // relative change of the steam heater
  { idv: 17, hSpan: 1.5, hZero: 2.0, sSpan: 0, sZero: 0, spSpan: 0 }, // reactor heat-transfer loss
  { idv: 18, hSpan: 2.0, hZero: 3.0, sSpan: 0, sZero: 0, spSpan: 0 }, // condenser heat-transfer loss
  { idv: 20, hSpan: 1.5, hZero: 2.0, sSpan: 0, sZero: 0, spSpan: 0 }, // flow loss reactor → separator
] as const;

/** Every walk starts on a constant piece that ends here [h]. */
const FIRST_RENEWAL_H = 0.1;

/**
 * The random disturbances of the plant: piecewise cubics w(τ) = a + τ(b + τ(c + τd)) in the time τ since the last
 * renewal. Walks are renewed, and draw, whether or not their disturbance is on.
 */
export class DisturbanceWalks {
  readonly a = new Float64Array(WALK_COUNT);
  readonly b = new Float64Array(WALK_COUNT);
  readonly c = new Float64Array(WALK_COUNT);
  readonly d = new Float64Array(WALK_COUNT);
  readonly tLast = new Float64Array(WALK_COUNT);
  readonly tNext = new Float64Array(WALK_COUNT);
  /** w1…w12 at the last evaluation. */
  readonly w = new Float64Array(WALK_COUNT);

  /** Puts every walk on its zero value, as at t = 0. */
  reset(): void {
    for (let i = 0; i < WALK_COUNT; i++) this.a[i] = WALKS[i].sZero;
    this.b.fill(0);
    this.c.fill(0);
    this.d.fill(0);
    this.tLast.fill(0);
    this.tNext.fill(FIRST_RENEWAL_H);
    this.w.set(this.a);
  }

  /**
   * Brings all walks to time `t` [h]: renews those due, in ascending order, and evaluates w1…w12.
   * `idv[k − 1]` is the switch of disturbance k.
   */
  advanceTo(t: number, idv: Uint8Array, generator: RandomGenerator): void {
    const { a, b, c, d, tLast, tNext, w } = this;
    for (let i = 0; i < WALK_COUNT; i++) {
      if (t >= tNext[i]) this.renew(i, idv[WALKS[i].idv - 1], generator);
      const tau = t - tLast[i];
      w[i] = a[i] + tau * (b[i] + tau * (c[i] + tau * d[i]));
    }
  }

  private renew(i: number, on: number, generator: RandomGenerator): void {
    const h = this.tNext[i] - this.tLast[i];
    const s = this.a[i] + h * (this.b[i] + h * (this.c[i] + h * this.d[i]));
    const slope = this.b[i] + h * (2 * this.c[i] + 3 * h * this.d[i]);
    this.tLast[i] = this.tNext[i];
    if (i < WANDERING_COUNT) this.wander(i, s, slope, on, generator);
    else this.pulse(i, s, slope, on, generator);
  }

  /** Next piece of a wandering walk: the cubic Hermite piece from (s, slope) to a random point. */
  private wander(i: number, s: number, slope: number, on: number, generator: RandomGenerator): void {
    const walk = WALKS[i];
    const h = walk.hSpan * generator.symmetric() + walk.hZero;
    const s1 = walk.sSpan * generator.symmetric() * on + walk.sZero;
    const slope1 = walk.spSpan * generator.symmetric() * on;
    this.a[i] = s;
    this.b[i] = slope;
    this.c[i] = (3 * (s1 - s) - h * (slope1 + 2 * slope)) / (h * h);
    this.d[i] = (2 * (s - s1) + h * (slope1 + slope)) / (h * h * h);
    this.tNext[i] = this.tLast[i] + h;
  }

  /** Next piece of a pulse: back to zero within 0.1 h from above, else a parabola that climbs from 0 to 1 when on. */
  private pulse(i: number, s: number, slope: number, on: number, generator: RandomGenerator): void {
    if (s > 0.1) {
      this.a[i] = s;
      this.b[i] = slope;
      this.c[i] = -(3 * s + 0.2 * slope) / 0.01;
      this.d[i] = (2 * s + 0.1 * slope) / 0.001;
      this.tNext[i] = this.tLast[i] + 0.1;
      return;
    }
    const h = WALKS[i].hSpan * generator.symmetric() + WALKS[i].hZero;
    this.a[i] = 0;
    this.b[i] = 0;
    this.c[i] = on / (h * h);
    this.d[i] = 0;
    this.tNext[i] = this.tLast[i] + h;
  }
}
