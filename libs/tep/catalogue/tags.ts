/** What a tag is: a sensor read continuously, an analyser that delivers late and seldom, or a valve command. */
export type TagRole = 'measurement' | 'analyser' | 'manipulated';

/** An absent limit is null. A value at or beyond a limit is in alarm. */
export interface AlarmLimits {
  readonly ll: number | null;
  readonly l: number | null;
  readonly h: number | null;
  readonly hh: number | null;
}

export interface TagDefinition {
  /** `XMEAS_01` … `XMEAS_41`, `XMV_01` … `XMV_12`. */
  readonly code: string;
  readonly name: string;
  readonly nameKo: string;
  readonly unit: string;
  readonly role: TagRole;
  readonly equipmentCode: string;
  /** Interval between new values: the recording interval, or the analyser's own period where that is longer. */
  readonly samplingIntervalMs: number;
  readonly rangeLow: number;
  readonly rangeHigh: number;
  /** No true value lies outside: nothing flows below 0, no valve opens beyond 100 %. Null: unbounded. */
  readonly possibleLow: number | null;
  readonly possibleHigh: number | null;
  /** Value at the published base case (mode 1, noise-free). */
  readonly baseValue: number;
  /** Standard deviation of the measurement noise alone; 0 for commands. */
  readonly noiseSigma: number;
  /** Standard deviation under closed-loop control without a fault; noise and controller action together. */
  readonly closedLoopSigma: number;
  readonly alarmLimits: AlarmLimits;
  /** How far inside the limit a value must return before its alarm clears, in the tag's unit. */
  readonly deadband: number;
}

type Quantity = 'flow' | 'level' | 'pressure' | 'temperature' | 'power' | 'composition' | 'valve';

/**
 * Alarm limits stand in one of three ways, in this order:
 *
 * 1. Where Downs and Vogel give constraints (reactor pressure, level, temperature; separator and stripper
 *    level), L and H are their normal operating limits and LL and HH their shutdown limits. Shutdown volumes
 *    are converted to per cent of the level scale and rounded towards the safe side; those below the zero of
 *    the instrument become 0 %.
 * 2. A valve command alarms when its controller runs out of travel: L 5 %, H 95 %.
 * 3. Everything else alarms outside closed-loop variation: L and H lie six, LL and HH ten closed-loop standard
 *    deviations from the base value, so that a normal run stays silent. A limit that falls outside the
 *    instrument range (a negative mole fraction, say) is null.
 */
const LIMIT_SIGMAS = 6;
const URGENT_LIMIT_SIGMAS = 10;
const VALVE_LIMITS: AlarmLimits = { ll: null, l: 5, h: 95, hh: null };

const CONSTRAINTS: Readonly<Record<string, AlarmLimits>> = {
  XMEAS_07: { ll: null, l: null, h: 2895, hh: 3000 },
  // 24 m³ is (24·35.3145 − 84.6)/666.7 = 114.4 %; 2 m³ is −2.1 %
  XMEAS_08: { ll: 0, l: 50, h: 100, hh: 114 },
  XMEAS_09: { ll: null, l: null, h: 150, hh: 175 },
  // 12 m³ is (12·35.3145 − 27.5)/290 = 136.6 %; 1 m³ is 2.7 %
  XMEAS_12: { ll: 3, l: 30, h: 100, hh: 136 },
  // 8 m³ is (8·35.3145 − 78.25)/156.5 = 130.5 %; 1 m³ is −27.4 %
  XMEAS_15: { ll: 0, l: 30, h: 100, hh: 130 },
};

/**
 * Deadbands are the starting values of ISA-18.2 (share of the range: flow and level 5 %, pressure 2 %,
 * temperature 1 %; 2 % where the standard names none), but never more than half the way from a limit back to
 * the base value: an alarm has to clear once the process is normal again.
 */
const DEADBAND_SHARE: Readonly<Record<Quantity, number>> = {
  flow: 0.05,
  level: 0.05,
  pressure: 0.02,
  temperature: 0.01,
  power: 0.02,
  composition: 0.02,
  valve: 0.02,
};

/** Levels are read beyond both ends of their scale, temperatures and gauge pressures lie below 0 as well. */
const POSSIBLE: Readonly<Record<Quantity, readonly [low: number | null, high: number | null]>> = {
  flow: [0, null],
  level: [null, null],
  pressure: [null, null],
  temperature: [null, null],
  power: [0, null],
  composition: [0, 100],
  valve: [0, 100],
};

/** The plant's recording interval, which the public data have and all shipped models learnt at. */
export const RECORDING_INTERVAL_MS = 180_000;
const GAS_ANALYSER_INTERVAL_MS = 360_000;
const PRODUCT_ANALYSER_INTERVAL_MS = 900_000;

type Row = readonly [
  name: string,
  nameKo: string,
  unit: string,
  quantity: Quantity,
  equipmentCode: string,
  rangeLow: number,
  rangeHigh: number,
  baseValue: number,
  noiseSigma: number,
  closedLoopSigma: number,
];

/**
 * Base values and noise: Downs and Vogel, Comput. Chem. Eng. 17, 245 (1993), and the model they released.
 * Closed-loop standard deviations: the 1 460 fault-free samples of the public Braatz files d00 and d00_te.
 * Ranges: the spans of the published control scheme where it scales the measurement, else a round figure
 * that covers the published faults.
 */
// prettier-ignore
const MEASUREMENTS: readonly Row[] = [
  ['A feed (stream 1)', 'A 공급 유량 (스트림 1)', 'kscmh', 'flow', 'FEED', 0, 1.017, 0.25052137678, 0.0012, 0.0301],
  ['D feed (stream 2)', 'D 공급 유량 (스트림 2)', 'kg/h', 'flow', 'FEED', 0, 5811, 3664.0388849, 18, 33.9],
  ['E feed (stream 3)', 'E 공급 유량 (스트림 3)', 'kg/h', 'flow', 'FEED', 0, 8354, 4509.2683902, 22, 36.5],
  ['A and C feed (stream 4)', 'A·C 혼합 공급 유량 (스트림 4)', 'kscmh', 'flow', 'FEED', 0, 15.25, 9.3477423425, 0.05, 0.0786],
  ['Recycle flow (stream 8)', '순환 유량 (스트림 8)', 'kscmh', 'flow', 'COMPRESSOR', 0, 53, 26.9024404, 0.2, 0.206],
  ['Reactor feed rate (stream 6)', '반응기 유입 유량 (스트림 6)', 'kscmh', 'flow', 'REACTOR', 0, 85, 42.338848856, 0.21, 0.221],
  ['Reactor pressure', '반응기 압력', 'kPa gauge', 'pressure', 'REACTOR', 0, 3200, 2705, 0.3, 6.37],
  ['Reactor level', '반응기 액위', '%', 'level', 'REACTOR', 0, 120, 74.999999981, 0.5, 0.528],
  ['Reactor temperature', '반응기 온도', '°C', 'temperature', 'REACTOR', 0, 180, 120.4, 0.01, 0.0194],
  ['Purge rate (stream 9)', '퍼지 유량 (스트림 9)', 'kscmh', 'flow', 'PURGE', 0, 1, 0.3371170513, 0.0017, 0.012],
  ['Separator temperature', '분리기 온도', '°C', 'temperature', 'SEPARATOR', 0, 150, 80.109402259, 0.01, 0.217],
  ['Separator level', '분리기 액위', '%', 'level', 'SEPARATOR', 0, 140, 49.999999996, 1, 1.03],
  ['Separator pressure', '분리기 압력', 'kPa gauge', 'pressure', 'SEPARATOR', 0, 3200, 2633.7278831, 0.3, 6.66],
  ['Separator underflow (stream 10)', '분리기 하부 액 유량 (스트림 10)', 'm³/h', 'flow', 'SEPARATOR', 0, 60, 25.160173385, 0.125, 1.05],
  ['Stripper level', '스트리퍼 액위', '%', 'level', 'STRIPPER', 0, 140, 50.000000004, 1, 1.03],
  ['Stripper pressure', '스트리퍼 압력', 'kPa gauge', 'pressure', 'STRIPPER', 0, 3600, 3102.2131372, 0.3, 5.68],
  ['Stripper underflow, product (stream 11)', '제품 유량, 스트리퍼 하부 (스트림 11)', 'm³/h', 'flow', 'PRODUCT', 0, 46, 22.94873009, 0.115, 0.61],
  ['Stripper temperature', '스트리퍼 온도', '°C', 'temperature', 'STRIPPER', 0, 130, 65.731029034, 0.01, 0.431],
  ['Stripper steam flow', '스트리퍼 스팀 유량', 'kg/h', 'flow', 'STRIPPER', 0, 460, 230.3078204, 1.15, 10.1],
  ['Compressor power', '압축기 동력', 'kW', 'power', 'COMPRESSOR', 0, 700, 341.43365085, 0.2, 1.45],
  ['Reactor cooling-water outlet temperature', '반응기 냉각수 출구 온도', '°C', 'temperature', 'REACTOR', 0, 150, 94.59927549, 0.01, 0.125],
  ['Condenser cooling-water outlet temperature', '응축기 냉각수 출구 온도', '°C', 'temperature', 'CONDENSER', 0, 150, 77.29698353, 0.01, 0.257],
  ['Reactor feed, A', '반응기 유입 조성 A', 'mol%', 'composition', 'REACTOR', 0, 100, 32.187613094, 0.25, 0.286],
  ['Reactor feed, B', '반응기 유입 조성 B', 'mol%', 'composition', 'REACTOR', 0, 30, 8.8932726456, 0.1, 0.102],
  ['Reactor feed, C', '반응기 유입 조성 C', 'mol%', 'composition', 'REACTOR', 0, 100, 26.383289433, 0.25, 0.298],
  ['Reactor feed, D', '반응기 유입 조성 D', 'mol%', 'composition', 'REACTOR', 0, 30, 6.8820117573, 0.1, 0.107],
  ['Reactor feed, E', '반응기 유입 조성 E', 'mol%', 'composition', 'REACTOR', 0, 60, 18.776305947, 0.25, 0.269],
  ['Reactor feed, F', '반응기 유입 조성 F', 'mol%', 'composition', 'REACTOR', 0, 6, 1.6567273566, 0.025, 0.025],
  ['Purge gas, A', '퍼지 가스 조성 A', 'mol%', 'composition', 'PURGE', 0, 100, 32.957537291, 0.25, 0.336],
  ['Purge gas, B', '퍼지 가스 조성 B', 'mol%', 'composition', 'PURGE', 0, 26, 13.822945867, 0.1, 0.104],
  ['Purge gas, C', '퍼지 가스 조성 C', 'mol%', 'composition', 'PURGE', 0, 100, 23.97814424, 0.25, 0.358],
  ['Purge gas, D', '퍼지 가스 조성 D', 'mol%', 'composition', 'PURGE', 0, 6, 1.2565424847, 0.1, 0.105],
  ['Purge gas, E', '퍼지 가스 조성 E', 'mol%', 'composition', 'PURGE', 0, 60, 18.579269702, 0.25, 0.316],
  ['Purge gas, F', '퍼지 가스 조성 F', 'mol%', 'composition', 'PURGE', 0, 8, 2.2633413851, 0.025, 0.026],
  ['Purge gas, G', '퍼지 가스 조성 G', 'mol%', 'composition', 'PURGE', 0, 16, 4.8436409545, 0.05, 0.0628],
  ['Purge gas, H', '퍼지 가스 조성 H', 'mol%', 'composition', 'PURGE', 0, 8, 2.2985780751, 0.05, 0.0535],
  ['Product, D', '제품 조성 D', 'mol%', 'composition', 'PRODUCT', 0, 0.2, 0.017865524957, 0.01, 0.00983],
  ['Product, E', '제품 조성 E', 'mol%', 'composition', 'PRODUCT', 0, 1.6, 0.83570226232, 0.01, 0.0164],
  ['Product, F', '제품 조성 F', 'mol%', 'composition', 'PRODUCT', 0, 0.4, 0.098576913523, 0.01, 0.00997],
  ['Product, G', '제품 조성 G', 'mol%', 'composition', 'PRODUCT', 0, 100, 53.723978789, 0.5, 0.515],
  ['Product, H', '제품 조성 H', 'mol%', 'composition', 'PRODUCT', 0, 100, 43.828021894, 0.5, 0.528],
];

/** Valve commands; the agitator (the twelfth) is held constant by the control scheme and never recorded publicly. */
// prettier-ignore
const COMMANDS: readonly Row[] = [
  ['D feed valve (stream 2)', 'D 공급 밸브 (스트림 2)', '%', 'valve', 'FEED', 0, 100, 63.05263039, 0, 0.578],
  ['E feed valve (stream 3)', 'E 공급 밸브 (스트림 3)', '%', 'valve', 'FEED', 0, 100, 53.97970677, 0, 0.437],
  ['A feed valve (stream 1)', 'A 공급 밸브 (스트림 1)', '%', 'valve', 'FEED', 0, 100, 24.64355755, 0, 2.97],
  ['A and C feed valve (stream 4)', 'A·C 혼합 공급 밸브 (스트림 4)', '%', 'valve', 'FEED', 0, 100, 61.30192144, 0, 1.23],
  ['Compressor recycle valve', '압축기 순환 밸브', '%', 'valve', 'COMPRESSOR', 0, 100, 22.21, 0, 0.468],
  ['Purge valve (stream 9)', '퍼지 밸브 (스트림 9)', '%', 'valve', 'PURGE', 0, 100, 40.06374673, 0, 1.46],
  ['Separator liquid valve (stream 10)', '분리기 액 밸브 (스트림 10)', '%', 'valve', 'SEPARATOR', 0, 100, 38.1003437, 0, 3.04],
  ['Product valve (stream 11)', '제품 밸브 (스트림 11)', '%', 'valve', 'PRODUCT', 0, 100, 46.53415582, 0, 2.39],
  ['Stripper steam valve', '스트리퍼 스팀 밸브', '%', 'valve', 'STRIPPER', 0, 100, 47.44573456, 0, 2.67],
  ['Reactor cooling-water valve', '반응기 냉각수 밸브', '%', 'valve', 'REACTOR', 0, 100, 41.10581288, 0, 0.543],
  ['Condenser cooling-water valve', '응축기 냉각수 밸브', '%', 'valve', 'CONDENSER', 0, 100, 18.11349055, 0, 1.45],
  ['Agitator speed', '교반기 속도', '%', 'valve', 'REACTOR', 0, 100, 50, 0, 0],
];

const MEASUREMENT_TAGS = MEASUREMENTS.map((row, index) =>
  defineTag(`XMEAS_${twoDigits(index + 1)}`, index + 1 < 23 ? 'measurement' : 'analyser', row),
);
const COMMAND_TAGS = COMMANDS.map((row, index) =>
  defineTag(`XMV_${twoDigits(index + 1)}`, 'manipulated', row),
);

/** The 53 tags of the plant: XMEAS_01 … XMEAS_41, then XMV_01 … XMV_12. */
export const TAGS: readonly TagDefinition[] = [...MEASUREMENT_TAGS, ...COMMAND_TAGS];

export const TAG_COUNT = TAGS.length;

/** The 52 tags detectors and the public data sets use: all but the agitator speed, which is constant. */
export const DETECTOR_TAGS: readonly string[] = TAGS.slice(0, 52).map((tag) => tag.code);

const INDEX_BY_CODE: ReadonlyMap<string, number> = new Map(TAGS.map((tag, index) => [tag.code, index]));

/**
 * Position of a tag in {@link TAGS}, 0 … 52.
 * @throws RangeError when no tag has this code
 */
export function tagIndex(code: string): number {
  const index = INDEX_BY_CODE.get(code);
  if (index === undefined) throw new RangeError(`no tag has the code ${JSON.stringify(code)}`);
  return index;
}

function defineTag(code: string, role: TagRole, row: Row): TagDefinition {
  const [
    name,
    nameKo,
    unit,
    quantity,
    equipmentCode,
    rangeLow,
    rangeHigh,
    baseValue,
    noiseSigma,
    closedLoopSigma,
  ] = row;
  const alarmLimits =
    CONSTRAINTS[code] ??
    (quantity === 'valve'
      ? VALVE_LIMITS
      : limitsOutsideVariation(baseValue, closedLoopSigma, rangeLow, rangeHigh));
  return {
    code,
    name,
    nameKo,
    unit,
    role,
    equipmentCode,
    samplingIntervalMs: samplingIntervalMs(code, role),
    rangeLow,
    rangeHigh,
    possibleLow: POSSIBLE[quantity][0],
    possibleHigh: POSSIBLE[quantity][1],
    baseValue,
    noiseSigma,
    closedLoopSigma,
    alarmLimits,
    deadband: deadbandInside(alarmLimits, baseValue, DEADBAND_SHARE[quantity] * (rangeHigh - rangeLow)),
  };
}

function samplingIntervalMs(code: string, role: TagRole): number {
  if (role !== 'analyser') return RECORDING_INTERVAL_MS;
  return code < 'XMEAS_37' ? GAS_ANALYSER_INTERVAL_MS : PRODUCT_ANALYSER_INTERVAL_MS;
}

function limitsOutsideVariation(
  base: number,
  sigma: number,
  rangeLow: number,
  rangeHigh: number,
): AlarmLimits {
  const at = (sigmas: number): number | null => {
    const limit = fourDigits(base + sigmas * sigma);
    return limit > rangeLow && limit < rangeHigh ? limit : null;
  };
  return {
    ll: at(-URGENT_LIMIT_SIGMAS),
    l: at(-LIMIT_SIGMAS),
    h: at(LIMIT_SIGMAS),
    hh: at(URGENT_LIMIT_SIGMAS),
  };
}

function deadbandInside(limits: AlarmLimits, base: number, startingValue: number): number {
  const distances = [limits.l, limits.h].flatMap((limit) => (limit === null ? [] : [Math.abs(limit - base)]));
  return fourDigits(Math.min(startingValue, ...distances.map((distance) => distance / 2)));
}

function fourDigits(value: number): number {
  return Number(value.toPrecision(4));
}

function twoDigits(n: number): string {
  return String(n).padStart(2, '0');
}
