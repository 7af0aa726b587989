export type PlantKpiName =
  | 'production_rate'
  | 'production_volume_rate'
  | 'product_g_mole_percent'
  | 'product_h_mole_percent'
  | 'product_g_mass_percent'
  | 'quality_ratio'
  | 'yield'
  | 'conversion_a'
  | 'conversion_c'
  | 'conversion_d'
  | 'conversion_e'
  | 'operating_cost'
  | 'operating_cost_per_kmol'
  | 'efficiency'
  | 'effectiveness'
  | 'availability'
  | 'oee';

export interface KpiDefinition {
  readonly name: PlantKpiName;
  readonly unit: string;
  readonly title: string;
  readonly titleKo: string;
  /** Numerator, denominator and their sources in one sentence. */
  readonly definition: string;
  readonly definitionKo: string;
}

const MEASURED_LOSSES =
  'losses are what leaves with the purge and, where it is analysed, with the product; feed compositions are nominal';
const MEASURED_LOSSES_KO = '손실은 퍼지와 (분석되는 경우) 제품으로 나가는 양이며, 원료 조성은 공칭값을 쓴다';

/** The indicators of the plant; those with a namesake in ISO 22400-2 follow its formula. */
export const KPI_DEFINITIONS: readonly KpiDefinition[] = [
  {
    name: 'production_rate',
    unit: 'kg/h',
    title: 'Production rate',
    titleKo: '시간당 생산량',
    definition:
      'Mass of G and H in the product divided by running time (throughput rate, ISO 22400-2): product flow (stream 11) times base-case molar density and analysed mole fractions.',
    definitionKo:
      '제품 중 G와 H의 질량을 가동 시간으로 나눈 값(ISO 22400-2 처리율). 제품 유량(스트림 11)에 기준 몰 밀도와 분석 몰분율을 곱해 구한다.',
  },
  {
    name: 'production_volume_rate',
    unit: 'm³/h',
    title: 'Production rate by volume',
    titleKo: '시간당 생산량 (부피)',
    definition: 'Volume of product (stream 11) divided by running time.',
    definitionKo: '제품(스트림 11)의 부피를 가동 시간으로 나눈 값.',
  },
  {
    name: 'product_g_mole_percent',
    unit: 'mol%',
    title: 'G in product',
    titleKo: '제품 중 G',
    definition: 'Moles of G divided by moles of product, from the product analyser.',
    definitionKo: '제품 분석계로 구한 제품 몰수에 대한 G의 몰수 비율.',
  },
  {
    name: 'product_h_mole_percent',
    unit: 'mol%',
    title: 'H in product',
    titleKo: '제품 중 H',
    definition: 'Moles of H divided by moles of product, from the product analyser.',
    definitionKo: '제품 분석계로 구한 제품 몰수에 대한 H의 몰수 비율.',
  },
  {
    name: 'product_g_mass_percent',
    unit: '%',
    title: 'G among G and H, by mass',
    titleKo: 'G·H 중 G의 질량비',
    definition: 'Mass of G divided by mass of G and H in the product; operating mode 1 aims at 50 %.',
    definitionKo: '제품의 G와 H 질량 합에 대한 G 질량의 비율. 운전 모드 1의 목표는 50 %이다.',
  },
  {
    name: 'quality_ratio',
    unit: '%',
    title: 'Quality ratio',
    titleKo: '양품률',
    definition:
      'Running samples whose G in product is within 5 mol% (or the tolerance given) of the setpoint, divided by running samples with an analysis (ISO 22400-2: good quantity ÷ produced quantity).',
    definitionKo:
      '제품의 G가 설정값에서 5 mol%(또는 지정한 허용치) 이내인 가동 표본 수를 분석값이 있는 가동 표본 수로 나눈 값(ISO 22400-2: 양품 ÷ 생산).',
  },
  {
    name: 'yield',
    unit: '%',
    title: 'Yield',
    titleKo: '수율',
    definition:
      'Mass of G and H in the product divided by mass of the reactants A, C, D and E fed; feed compositions are nominal.',
    definitionKo:
      '제품의 G와 H 질량을 공급한 반응물 A, C, D, E의 질량으로 나눈 값. 원료 조성은 공칭값을 쓴다.',
  },
  conversionDefinition('A'),
  conversionDefinition('C'),
  conversionDefinition('D'),
  conversionDefinition('E'),
  {
    name: 'operating_cost',
    unit: '$/h',
    title: 'Operating cost',
    titleKo: '운전 비용',
    definition:
      'Cost of compressor power, steam and the worth of what is lost with purge and product, divided by running time (Downs and Vogel).',
    definitionKo:
      '압축기 동력, 스팀, 퍼지와 제품으로 잃는 물질의 가치를 합한 비용을 가동 시간으로 나눈 값(Downs and Vogel).',
  },
  {
    name: 'operating_cost_per_kmol',
    unit: '¢/kmol',
    title: 'Operating cost per kmol of product',
    titleKo: '제품 kmol당 운전 비용',
    definition:
      'Operating cost divided by the molar product rate, which is taken from the product valve as published.',
    definitionKo: '운전 비용을 제품 몰 유량으로 나눈 값. 몰 유량은 공개된 식대로 제품 밸브 개도에서 구한다.',
  },
  {
    name: 'efficiency',
    unit: '%',
    title: 'Cost efficiency',
    titleKo: '비용 효율',
    definition:
      'Operating cost per kmol of product at the base case (80.75 ¢) divided by the actual one; above 100 % the plant runs cheaper than the base case.',
    definitionKo:
      '기준 운전의 제품 kmol당 비용(80.75 ¢)을 실제 비용으로 나눈 값. 100 %를 넘으면 기준보다 싸게 운전하는 것이다.',
  },
  {
    name: 'effectiveness',
    unit: '%',
    title: 'Effectiveness',
    titleKo: '성능률',
    definition:
      'Production rate of G and H while running divided by the rate of operating mode 1, 14 076 kg/h (ISO 22400-2: planned run time per item × produced quantity ÷ actual production time).',
    definitionKo:
      '가동 중 G와 H 생산량을 운전 모드 1의 생산량 14 076 kg/h로 나눈 값(ISO 22400-2: 품목당 계획 시간 × 생산 수량 ÷ 실제 생산 시간).',
  },
  {
    name: 'availability',
    unit: '%',
    title: 'Availability',
    titleKo: '가동률',
    definition:
      'Running time divided by planned time (ISO 22400-2). The plant is stopped while all its continuous measurements are frozen.',
    definitionKo:
      '가동 시간을 계획 시간으로 나눈 값(ISO 22400-2). 모든 연속 계측값이 멈춰 있으면 정지로 본다.',
  },
  {
    name: 'oee',
    unit: '%',
    title: 'Overall equipment effectiveness',
    titleKo: '설비 종합 효율',
    definition:
      'Availability × effectiveness × quality ratio (ISO 22400-2), as good product over target product.',
    definitionKo: '가동률 × 성능률 × 품질률(ISO 22400-2). 목표 생산량에 대한 양품 생산량과 같다.',
  },
];

function conversionDefinition(reactant: 'A' | 'C' | 'D' | 'E'): KpiDefinition {
  return {
    name: `conversion_${reactant.toLowerCase() as 'a' | 'c' | 'd' | 'e'}`,
    unit: '%',
    title: `Conversion of ${reactant}`,
    titleKo: `${reactant} 전환율`,
    definition: `Moles of ${reactant} fed less the losses, divided by moles fed; ${MEASURED_LOSSES}.`,
    definitionKo: `공급한 ${reactant}의 몰수에서 손실을 뺀 값을 공급 몰수로 나눈 값. ${MEASURED_LOSSES_KO}.`,
  };
}
