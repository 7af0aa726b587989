/** What is carried from one unit to another. */
export type StreamPhase = 'gas' | 'liquid' | 'mixed';

export interface StreamDefinition {
  /** Number in Downs and Vogel; null where they number none. */
  readonly stream: number | null;
  readonly name: string;
  readonly nameKo: string;
  readonly phase: StreamPhase;
  /** Codes of equipment. Null: several streams join there. */
  readonly from: string | null;
  readonly to: string;
  /** What measures and what throttles it, flow first. */
  readonly tags: readonly string[];
}

type Row = readonly [
  stream: number | null,
  name: string,
  nameKo: string,
  phase: StreamPhase,
  from: string | null,
  to: string,
  tags: readonly string[],
];

/** Flowsheet of Downs and Vogel, Comput. Chem. Eng. 17, 245 (1993), figure 1, between the units of `EQUIPMENT`. */
// prettier-ignore
const ROWS: readonly Row[] = [
  [1, 'A feed', 'A 공급', 'gas', 'FEED', 'REACTOR', ['XMEAS_01', 'XMV_03']],
  [2, 'D feed', 'D 공급', 'gas', 'FEED', 'REACTOR', ['XMEAS_02', 'XMV_01']],
  [3, 'E feed', 'E 공급', 'gas', 'FEED', 'REACTOR', ['XMEAS_03', 'XMV_02']],
  [4, 'A and C feed', 'A·C 혼합 공급', 'gas', 'FEED', 'STRIPPER', ['XMEAS_04', 'XMV_04']],
  [5, 'Stripper overhead', '스트리퍼 상부 가스', 'gas', 'STRIPPER', 'REACTOR', []],
  [6, 'Reactor feed', '반응기 유입', 'gas', null, 'REACTOR', ['XMEAS_06']],
  [7, 'Reactor effluent', '반응기 유출', 'gas', 'REACTOR', 'CONDENSER', []],
  [null, 'Condensed effluent', '응축된 반응기 유출물', 'mixed', 'CONDENSER', 'SEPARATOR', []],
  [null, 'Separator gas', '분리기 가스', 'gas', 'SEPARATOR', 'COMPRESSOR', []],
  [8, 'Recycle', '순환 가스', 'gas', 'COMPRESSOR', 'REACTOR', ['XMEAS_05', 'XMV_05']],
  [9, 'Purge', '퍼지', 'gas', 'SEPARATOR', 'PURGE', ['XMEAS_10', 'XMV_06']],
  [10, 'Separator liquid', '분리기 하부 액', 'liquid', 'SEPARATOR', 'STRIPPER', ['XMEAS_14', 'XMV_07']],
  [11, 'Product', '제품', 'liquid', 'STRIPPER', 'PRODUCT', ['XMEAS_17', 'XMV_08']],
];

/** How the units are connected, in the order of their numbers. */
export const STREAMS: readonly StreamDefinition[] = ROWS.map(
  ([stream, name, nameKo, phase, from, to, tags]) => ({ stream, name, nameKo, phase, from, to, tags }),
);
