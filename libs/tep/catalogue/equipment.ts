export type EquipmentKind =
  'feed' | 'reactor' | 'heat_exchanger' | 'separator' | 'compressor' | 'column' | 'outlet';

export interface EquipmentDefinition {
  readonly code: string;
  readonly name: string;
  readonly nameKo: string;
  readonly kind: EquipmentKind;
  /** Order in which material passes, 1 first. */
  readonly position: number;
  readonly description: string;
  readonly descriptionKo: string;
}

/** The eight units of the flowsheet. The gas loop runs 2 → 3 → 4 → 5 → 2; purge and product leave it. */
export const EQUIPMENT: readonly EquipmentDefinition[] = [
  {
    code: 'FEED',
    name: 'Feed section',
    nameKo: '원료 공급부',
    kind: 'feed',
    position: 1,
    description:
      'Fresh feeds A, D and E (streams 1–3) and the mixed A and C feed (stream 4) with their valves.',
    descriptionKo: '신규 원료 A, D, E(스트림 1–3)와 A·C 혼합 원료(스트림 4) 및 공급 밸브.',
  },
  {
    code: 'REACTOR',
    name: 'Reactor',
    nameKo: '반응기',
    kind: 'reactor',
    position: 2,
    description:
      'Gas-phase exothermic reactions to the products G and H and the by-product F; cooled by water, stirred.',
    descriptionKo: '제품 G, H와 부산물 F를 만드는 발열 기상 반응. 냉각수로 제열하고 교반한다.',
  },
  {
    code: 'CONDENSER',
    name: 'Condenser',
    nameKo: '응축기',
    kind: 'heat_exchanger',
    position: 3,
    description: 'Cools the reactor effluent with water so that the products condense.',
    descriptionKo: '반응기 유출 가스를 냉각수로 식혀 제품을 응축시킨다.',
  },
  {
    code: 'SEPARATOR',
    name: 'Vapour–liquid separator',
    nameKo: '기액 분리기',
    kind: 'separator',
    position: 4,
    description: 'Parts condensed product (stream 10, to the stripper) from gas (recycle and purge).',
    descriptionKo: '응축된 제품(스트림 10, 스트리퍼로 이송)과 가스(순환 및 퍼지)를 분리한다.',
  },
  {
    code: 'COMPRESSOR',
    name: 'Recycle compressor',
    nameKo: '순환 압축기',
    kind: 'compressor',
    position: 5,
    description: 'Returns unconverted gas (stream 8) to the reactor; its bypass valve sets the recycle flow.',
    descriptionKo: '미반응 가스(스트림 8)를 반응기로 되돌린다. 우회 밸브가 순환 유량을 정한다.',
  },
  {
    code: 'PURGE',
    name: 'Purge',
    nameKo: '퍼지',
    kind: 'outlet',
    position: 6,
    description:
      'Bleeds gas from the loop (stream 9) so that the inert B and the by-product F do not build up.',
    descriptionKo: '불활성 성분 B와 부산물 F가 쌓이지 않도록 순환계에서 가스를 배출한다(스트림 9).',
  },
  {
    code: 'STRIPPER',
    name: 'Product stripper',
    nameKo: '제품 스트리퍼',
    kind: 'column',
    position: 7,
    description: 'Strips unconverted reactants from the liquid with stream 4 and steam heat.',
    descriptionKo: '스트림 4와 스팀 열로 액 중의 미반응 원료를 탈거한다.',
  },
  {
    code: 'PRODUCT',
    name: 'Product',
    nameKo: '제품 출하부',
    kind: 'outlet',
    position: 8,
    description: 'Product stream 11 (G and H) from the stripper bottom, its valve and its analyser.',
    descriptionKo: '스트리퍼 하부의 제품 스트림 11(G, H)과 밸브 및 분석기.',
  },
];
