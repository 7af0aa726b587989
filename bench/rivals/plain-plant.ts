import { baseCaseState, plantConstants, XMEAS_NOISE, type ControlledPlant } from '#tep';

type Vector = readonly number[];

const k = plantConstants('F32L');
const p = k.components;
const sum = (values: Vector): number => values.reduce((total, value) => total + value, 0);
const per = (f: (j: number) => number): number[] => Array.from({ length: 8 }, (_, j) => f(j));

const liquidEnthalpy = (x: Vector, T: number) =>
  sum(x.map((xj, j) => xj * T * (p.HLa[j] + p.HLb[j] * T + p.HLc[j] * T ** 2)));
const liquidSlope = (x: Vector, T: number) =>
  sum(x.map((xj, j) => xj * (p.HLa[j] + 2 * p.HLb[j] * T + 3 * p.HLc[j] * T ** 2)));
const gasEnthalpy = (y: Vector, T: number) =>
  sum(y.map((yj, j) => yj * (p.HG0[j] + T * (p.HGa[j] + p.HGb[j] * T + p.HGc[j] * T ** 2))));
const gasSlope = (y: Vector, T: number) =>
  sum(y.map((yj, j) => yj * (p.HGa[j] + 2 * p.HGb[j] * T + 3 * p.HGc[j] * T ** 2)));
const molecularWeight = (y: Vector) => sum(y.map((yj, j) => yj * p.M[j]));
const density = (x: Vector, T: number) =>
  1 / sum(x.map((xj, j) => (xj * p.M[j]) / (p.d0[j] + (p.d1[j] + p.d2[j] * T) * T)));

function solve(E: (T: number) => number, slope: (T: number) => number, e: number, start: number): number {
  let T = start;
  for (let pass = 0; pass < 100; pass++) {
    const change = (E(T) - e) / slope(T);
    T -= change;
    if (Math.abs(change) < 1e-12) return T;
  }
  return start;
}

const WALK_ZEROS = [0.485, 0.005, 45, 45, 35, 40, 1, 1, 0, 0, 0, 0];
const WALK_SPANS = [0.2, 0.7, 0.25, 0.7, 0.15, 0.15, 1, 1, 0.4, 1.5, 2, 1.5];
const WALK_LENGTHS = [0.5, 1, 0.5, 1, 0.25, 0.25, 2, 2, 0.5, 2, 3, 2];
const VALVE_SECONDS = [8, 8, 6, 9, 7, 5, 5, 5, 120, 5, 5, 5];

/**
 * The rival: the undisturbed plant as one would write it down from the equations, without a thought for speed: arrays
 * of numbers, one property function at a time, the generator by floating-point remainder, noise at every step.
 */
export class PlainPlant implements ControlledPlant {
  readonly xmeas = new Float64Array(41);
  readonly xmv: Float64Array;
  private t = 0;
  private state = [...baseCaseState('F32L')];
  private T = [0, 0, 0, 0];
  private readonly walkEnds = Array<number>(12).fill(0.1);
  private stored: number[] = [];
  private gasNext: number = k.gasAnalyserPeriod;
  private productNext: number = k.productAnalyserPeriod;

  constructor(private g: number) {
    this.xmv = Float64Array.from(this.state.slice(38));
    this.derivatives();
  }

  step(): void {
    const d = this.derivatives();
    this.t += k.second;
    this.state = this.state.map((x, i) => x + k.second * d[i]);
  }

  private uniform(): number {
    this.g = (this.g * 9228907) % 4294967296;
    return this.g / 4294967296;
  }

  private noise(n: number): number {
    return XMEAS_NOISE[n] * (sum(Array.from({ length: 12 }, () => this.uniform())) - 6);
  }

  private renewWalks(): void {
    this.walkEnds.forEach((end, i) => {
      if (this.t < end) return;
      this.walkEnds[i] += WALK_SPANS[i] * (2 * this.uniform() - 1) + WALK_LENGTHS[i];
      if (i < 9) for (let draw = 0; draw < 2; draw++) this.uniform();
    });
  }

  private liquid(vessel: number, first: number): { x: number[]; V: number; rho: number } {
    const n = per((j) => (j < first ? 0 : this.state[9 * vessel + j]));
    const N = sum(n);
    const x = n.map((nj) => nj / N);
    const e = this.state[9 * vessel + 8] / N;
    this.T[vessel] = solve(
      (T) => liquidEnthalpy(x, T),
      (T) => liquidSlope(x, T),
      e,
      this.T[vessel],
    );
    const rho = density(x, this.T[vessel]);
    return { x, V: N / rho, rho };
  }

  private vapour(vessel: number, x: Vector, V: number): { p: number[]; P: number; y: number[] } {
    const T = this.T[vessel];
    const pressures = per((j) =>
      j < 3
        ? (this.state[9 * vessel + j] * k.R * (T + k.T0)) / V
        : Math.exp(p.Avp[j] + p.Bvp[j] / (T + p.Cvp[j])) * x[j],
    );
    const P = sum(pressures);
    return { p: pressures, P, y: pressures.map((pj) => pj / P) };
  }

  // oxlint-disable-next-line max-lines-per-function -- the plain rendition is one page of equations on purpose
  private derivatives(): number[] {
    const { state, T } = this;
    if (this.t > 0) this.renewWalks();
    const w = WALK_ZEROS;
    const u = (n: number) => state[37 + n];

    const r = this.liquid(0, 3);
    const s = this.liquid(1, 3);
    const c = this.liquid(2, 0);
    const nv = state.slice(27, 35);
    const Nv = sum(nv);
    const yv = nv.map((n) => n / Nv);
    T[3] = solve(
      (Tv) => gasEnthalpy(yv, Tv) - k.Ru * (Tv + k.T0),
      (Tv) => gasSlope(yv, Tv) - k.Ru,
      state[35] / Nv,
      T[3],
    );
    const Pv = (Nv * k.R * (T[3] + k.T0)) / k.Vv;
    const gr = this.vapour(0, r.x, k.Vr - r.V);
    const gs = this.vapour(1, s.x, k.Vs - s.V);

    const z1 = [k.zmain, k.ztrace, 0, 0, 0, 0, 0, 0];
    const z2 = [0, k.ztrace, 0, k.zmain, 0, 0, 0, 0];
    const z3 = [0, 0, 0, 0, k.zmain, k.ztrace, 0, 0];
    const z4 = [w[0], w[1], 1 - w[0] - w[1], 0, 0, 0, 0, 0];
    const F2 = (u(1) * 400) / 100;
    const F3 = (u(2) * 400) / 100;
    const F1 = (u(3) * 100) / 100;
    const F4 = (u(4) * 1500) / 100 + k.eps4;
    const F10 = (u(7) * 1500) / 100;
    const F11 = (u(8) * 1000) / 100;
    const M8 = molecularWeight(gs.y);
    const F6 = (k.K67 * Math.sqrt(Math.max(Pv - gr.P, 0))) / molecularWeight(yv);
    const F7 = (k.K78 * Math.sqrt(Math.max(gr.P - gs.P, 0))) / molecularWeight(gr.y);
    const F9 = (u(6) * k.K9 * Math.sqrt(Math.max(gs.P - 760, 0))) / M8;
    const ratio = Math.min(Math.max(Pv / gs.P, 1), k.rcp);
    const mc = k.mcp + (k.mcp / k.ccp) * (1 - ratio ** 3);
    const Wc = (mc * (T[1] + k.T0c) * k.cw1 * k.cw2 * (Pv - gs.P)) / (M8 * gs.P);
    const F8 = Math.max(mc - u(5) * k.Kby * Math.sqrt(Math.max(Pv - gs.P, 0)), k.mmin) / M8;

    const phi = k.tf4 / (177 - T[2]) - k.tf5;
    const v = (F4 / F10) * phi;
    const stripped = per((j) =>
      j < 3 ? k.strippedGas[j] : (k.strippingFactor[j] * v) / (1 + k.strippingFactor[j] * v),
    );
    const trays = per((j) => F4 * z4[j] + F10 * s.x[j]);
    const F5 = trays.map((f, j) => f * stripped[j]);
    const F5total = sum(F5);

    const h1 = gasEnthalpy(z1, k.Tfeed);
    const h2 = gasEnthalpy(z2, w[2]);
    const h3 = gasEnthalpy(z3, k.Tfeed);
    const h4 = gasEnthalpy(z4, w[3]);
    const z5 = F5.map((f) => f / F5total);
    const h5 = gasEnthalpy(z5, T[2]);
    const h6 = gasEnthalpy(yv, T[3]);
    const h7 = gasEnthalpy(gr.y, T[0]);
    const h9 = gasEnthalpy(gs.y, T[1]);
    const h8 = h9 + Wc / F8;
    const h10 = liquidEnthalpy(s.x, T[1]);
    const h11 = liquidEnthalpy(c.x, T[2]);

    const K = T[0] + k.T0;
    const Vg = k.Vr - r.V;
    const g = gr.p[0] ** k.pA * gr.p[2] ** k.pC;
    const r1 = Vg * Math.exp(k.k1 - k.theta1 / K) * w[6] * g * gr.p[3];
    const r2 = Vg * Math.exp(k.k2 - k.theta2 / K) * w[7] * g * gr.p[4];
    const r3 = Vg * Math.exp(k.k3 - k.theta3 / K) * gr.p[0] * gr.p[4];
    const r4 = Vg * k.k43 * Math.exp(k.k3 - k.theta3 / K) * gr.p[0] * gr.p[3];
    const R = [-r1 - r2 - r3, 0, -r1 - r2, -r1 - 1.5 * r4, -r2 - r3, r3 + r4, r1, r2];

    const level = r.V / k.fl;
    const covered = level > 50 ? 1 : level < 10 ? 0 : k.flg * level - k.flo;
    const a = (u(12) + 150) / 100;
    const Qr = covered * (-0.5 * a ** 2 + 2.75 * a - 2.5) * k.UArf * (state[36] - T[0]);
    const Qs = k.UAsf * (1 - 1 / (1 + (F7 / k.F7ref) ** 4)) * (state[37] - T[0]);
    const Qc = T[2] < 100 ? ((u(9) * k.UAcf) / 100) * (100 - T[2]) : 0;

    const kscmh = (F: number) => (F * k.scf) / k.ft3m3;
    const kpa = (P: number) => ((P - 760) / 760) * k.atm;
    const kgh = (F: number, z: Vector) => F * molecularWeight(z) * k.kg;
    this.xmeas.set([
      ...[kscmh(F1), kgh(F2, z2), kgh(F3, z3), kscmh(F4), kscmh(F8), kscmh(F6), kpa(gr.P)],
      ...[((r.V - k.Lr0) / k.Lr1) * 100, T[0], kscmh(F9), T[1], ((s.V - k.Ls0) / k.Ls1) * 100, kpa(gs.P)],
      ...[F10 / s.rho / k.ft3m3, ((c.V - k.Lc0) / k.Vc) * 100, kpa(Pv), F11 / c.rho / k.ft3m3, T[2]],
      ...[Qc * k.xs1 * k.kg, Wc * k.xcw, state[36], state[37]],
    ]);
    if (this.t > 0) for (let n = 0; n < 22; n++) this.xmeas[n] += this.noise(n);
    this.analyse([...yv.slice(0, 6), ...gs.y, ...c.x.slice(3)].map((fraction) => fraction * 100));

    const valves = VALVE_SECONDS.map((seconds, i) => {
      const command = Math.min(Math.max(this.xmv[i], 0), 100);
      return (command - u(i + 1)) / (seconds / 3600);
    });
    return [
      ...per((j) => F6 * yv[j] - F7 * gr.y[j] + R[j]),
      h6 * F6 - h7 * F7 + r1 * k.dH1 + r2 * k.dH2 + Qr,
      ...per((j) => F7 * gr.y[j] - F8 * gs.y[j] - F9 * gs.y[j] - F10 * s.x[j]),
      h7 * F7 - h8 * F8 - h9 * F9 - h10 * F10 + Qs,
      ...per((j) => trays[j] - F5[j] - F11 * c.x[j]),
      h4 * F4 + h10 * F10 - h5 * F5total - h11 * F11 + Qc,
      ...per((j) => F1 * z1[j] + F2 * z2[j] + F3 * z3[j] + F5[j] + F8 * gs.y[j] - F6 * yv[j]),
      h1 * F1 + h2 * F2 + h3 * F3 + h5 * F5total + h8 * F8 - h6 * F6,
      (u(10) * 10 * k.cwc * (w[4] - state[36]) - (Qr * 1e6) / k.cwq) / k.HWr,
      (u(11) * 12 * k.cwc * (w[5] - state[37]) - (Qs * 1e6) / k.cwq) / k.HWs,
      ...valves,
    ];
  }

  private analyse(composition: number[]): void {
    if (this.t === 0) {
      this.stored = composition;
      this.xmeas.set(composition, 22);
    }
    const deliver = (from: number, to: number) => {
      for (let n = from; n < to; n++) {
        this.xmeas[n] = this.stored[n - 22] + this.noise(n);
        this.stored[n - 22] = composition[n - 22];
      }
    };
    if (this.t >= this.gasNext) {
      deliver(22, 36);
      this.gasNext += k.gasAnalyserPeriod;
    }
    if (this.t >= this.productNext) {
      deliver(36, 41);
      this.productNext += k.productAnalyserPeriod;
    }
  }
}
