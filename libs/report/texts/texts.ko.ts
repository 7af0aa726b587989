import { KPI_TERMS_KO } from '#tep';
import { withParticle } from './korean-particle.js';
import type { CaptionTexts, ReportTexts, SummaryTexts } from './texts.js';

const summary: SummaryTexts = {
  noData: '해당 기간에 저장된 측정값이 없어 공정 상태를 판단할 수 없습니다.',
  standstill: ({ count, begin, cause, duration, until }) => {
    const why = cause === null ? '' : `(원인: ${cause})`;
    const stopped = cause === null ? '정지' : '트립';
    if (until === 'throughout')
      return `공정은 대상 기간 내내 정지 상태였습니다. ${begin}에 ${stopped}되었습니다${why}.`;
    if (count > 1) {
      const end = until === 'end' ? ', 기간 종료 시점에도 정지 상태였습니다' : ' 정지하였습니다';
      return `공정이 ${count}회, 총 ${duration} 동안${until === 'end' ? ' 정지하였으며' : ''}${end}. 첫 번째는 ${begin}에 ${stopped}되었습니다${why}.`;
    }
    return until === 'end'
      ? `공정이 ${begin}에 ${stopped}되어${why} 기간 종료 시점까지 ${duration} 동안 정지하였습니다.`
      : `공정이 ${begin}에 ${stopped}되어${why} ${duration} 동안 정지하였습니다.`;
  },
  produced: (tonnes) =>
    tonnes === null ? '기간 중 생산량은 없습니다.' : `기간 중 G·H 생산량은 ${tonnes} t입니다.`,
  littleData: (share) =>
    `대상 기간의 ${share}에 대해서만 데이터가 있으며, 수치는 데이터가 있는 구간만을 나타냅니다.`,
  noAnomalies: (duration) => `${duration} 동안 감지된 이상은 없습니다.`,
  anomalies: (count, critical, open, duration) => {
    const which = [critical > 0 && `심각 ${critical}건`, open > 0 && `진행 중 ${open}건`]
      .filter(Boolean)
      .join(', ');
    return `${duration} 동안 이상 ${count}건이 감지되었습니다${which && `(${which})`}.`;
  },
  mostSevere: (begin, equipment, duration, tags) => {
    const where = equipment ? `${equipment}에서 ` : '';
    const lasted =
      duration === null ? '발생하여 현재까지 지속되고 있으며' : `발생하여 ${duration} 동안 지속되었으며`;
    const head = `가장 심각한 이상은 ${begin}에 ${where}`;
    if (tags.length > 0)
      return `${head}${lasted}, ${withParticle(tags.join(', '), '이/가')} 주요 기여 변수입니다.`;
    return `${head}발생하여 ${duration === null ? '현재까지 지속되고 있습니다.' : `${duration} 동안 지속되었습니다.`}`;
  },
  incidents: (count, critical, open, duration) => {
    const which = [critical > 0 && `심각 ${critical}건`, open > 0 && `진행 중 ${open}건`]
      .filter(Boolean)
      .join(', ');
    return `${duration} 동안 이상 사건 ${count}건이 발생하였습니다${which && `(${which})`}.`;
  },
  worstIncident: (begin, equipment, duration, firstTags) => {
    const where = equipment ? `${equipment}에서 ` : '';
    const lasted = duration === null ? '현재까지 지속되고 있습니다' : `${duration} 동안 지속되었습니다`;
    const showed = firstTags.length > 0 ? ` 최초 이상 징후는 ${firstTags.join(', ')}에서 나타났습니다.` : '';
    return `가장 심각한 사건은 ${begin}에 ${where}발생하여 ${lasted}.${showed}`;
  },
  incidentCause: (fault, probability, lookAt) => `가장 유력한 원인: ${fault}(${probability}). ${lookAt}`,
  anomalyIncident: (id, firstTags) =>
    `이 이상은 사건 ${id}에 속합니다.${firstTags.length > 0 ? ` 최초 이상 징후는 ${firstTags.join(', ')}에서 나타났습니다.` : ''}`,
  healthGood: (units, threshold) =>
    units === 1
      ? `기간 종료 시점에 건전도가 산출된 설비 1기는 ${threshold}점 이상으로 양호합니다.`
      : `기간 종료 시점에 설비 ${units}기의 건전도는 모두 ${threshold}점 이상으로 양호합니다.`,
  healthLowest: (equipment, score, othersBelow, threshold) => {
    const others =
      othersBelow === 0
        ? `나머지 설비는 모두 ${threshold}점 이상입니다`
        : `이외에 ${threshold}점 미만인 설비가 ${othersBelow}기 있습니다`;
    return `기간 종료 시점에 건전도가 가장 낮은 설비는 ${withParticle(equipment, '으로/로')} ${score}점이며, ${others}.`;
  },
  headline: (label, value, change, direction, whileRunning) => {
    const figure = `${whileRunning ? '가동 중 ' : ''}${withParticle(label, '은/는')} ${value}`;
    if (change === null) return `${figure}입니다.`;
    if (direction === 'same') return `${figure}로 직전 기간과 같습니다.`;
    return `${figure}로 직전 기간보다 ${change} ${direction === 'up' ? '높습니다' : '낮습니다'}.`;
  },
  incomplete: (share) => `예상 데이터의 ${share}만 수집되었으므로 수치 해석에 유의하시기 바랍니다.`,
  lot: (lotNo, grade, duration, closed) =>
    `로트 ${lotNo}${grade && `(${grade})`}의 생산 시간은 ${duration}이며, ${closed ? '생산이 종료되었습니다' : '현재 생산 중입니다'}.`,
  lotFault: (fault) => `알려진 외란(${fault})이 가해진 상태에서 생산되었습니다.`,
  equipment: (name, state, score, lowest) =>
    `${withParticle(name, '은/는')} ‘${state}’ 상태이며 건전도는 ${score}점입니다${lowest === null ? '' : `(기간 중 최저 ${lowest}점)`}.`,
  equipmentUnknown: (name) => `${withParticle(name, '은/는')} 해당 기간에 산출된 건전도가 없습니다.`,
  equipmentUnwatched: (name, why) => `${name} – ${why}.`,
  unitsUnwatched: (names) => `감시하지 않는 설비: ${names.join(', ')}.`,
  equipmentDriver: (driver, points) => `가장 큰 감점 요인은 ‘${driver}’(−${points}점)입니다.`,
  anomaly: (severity, equipment, begin, duration) => {
    const what = `${equipment ? `${equipment}에서 ` : ''}심각도 ‘${severity}’의 이상이 ${begin}에 발생`;
    return duration === null
      ? `${what}하여 현재까지 지속되고 있습니다.`
      : `${what}하여 ${duration} 동안 지속되었습니다.`;
  },
  anomalyPeak: (detector, times) => `${detector} 지표가 최고 임계값 대비 ${times}배까지 상승하였습니다.`,
  anomalyTags: (share, tags) =>
    `${withParticle(tags.join(', '), '이/가')} 이상 지표의 ${withParticle(share, '을/를')} 차지하므로 우선 점검이 필요합니다.`,
  anomalyFault: (probability, fault, faultProbability) =>
    `예측 모델이 판단한 고장 확률은 ${probability}` +
    (fault ? `이며, 가장 유력한 원인은 ${fault}(${faultProbability ?? ''})입니다.` : '입니다.'),
  acknowledged: (by, at) => `${by} 님이 ${at}에 확인하였습니다.`,
  notAcknowledged: '아직 확인한 담당자가 없습니다.',
};

const caption: CaptionTexts = {
  openEnd: '진행 중',
  none: '없음',
  versusPrevious: '▲▼는 같은 길이의 직전 기간 대비 증감이며, 선은 기간 내 추이를 나타냅니다.',
  anomalyBand: '빗금은 이상이 지속된 구간입니다.',
  limitLines: '점선은 L·H, 실선은 LL·HH 경보 한계이며, 화살표는 표시 범위를 벗어난 한계입니다.',
  statistics: (lowest, mean, highest) => `최소 ${lowest} · 평균 ${mean} · 최대 ${highest}`,
  peakTimes: (times) => `임계값 대비 ${times}배`,
  moreAnomalies: (shown, total) => `총 ${total}건 중 중요도 순으로 ${shown}건을 표시하였습니다.`,
  contributions: '이상이 시작된 이후 이상 지표에 기여한 비율입니다.',
  threshold: '가로선은 임계값, 빗금은 이상 구간입니다.',
  forecast: (madeAt, coverage) =>
    `예측 시점: ${madeAt}. 음영은 실제 값의 ${withParticle(coverage, '이/가')} 포함될 것으로 예상되는 구간입니다.`,
  forecastLabel: '예측',
  crossing: (probability) => `경보 한계 도달 확률: ${probability}`,
  faultProbability: (probability, at, model) => `고장 발생 확률: ${probability} (${model}, ${at})`,
  noFault: '고장 없음',
  completeness: (received, expected, share) =>
    `예상 데이터 ${expected}건 중 ${received}건(${share})이 수집되었습니다.`,
  shortGaps: (missing) => `${missing}건이 누락되었으나 길게 이어진 결측 구간은 없습니다.`,
  badSamples: (count) => `품질 불량 데이터 ${count}건은 제외하였습니다.`,
  moreGaps: (count) => `더 짧은 결측 구간 ${count}건은 생략하였습니다.`,
  checksPassed: (passed, all) => `${all}개 중 ${passed}개 통과`,
  alarmsShown: (count, frequent) =>
    `표시된 경보: ${count}건.${frequent.length > 0 ? ` 가장 잦은 경보: ${frequent.join(', ')}.` : ''}`,
  incidentAlarm: '사건',
  withinBound: '적합',
  beyondBound: '초과',
  notEvaluated: '판정 제외',
  measuredRange:
    '모델 성능은 학습과 한계 설정에 쓰이지 않은 데이터로 측정하였습니다. 괄호 안은 평균의 95% 신뢰 구간입니다.',
};

export const KO_TEXTS: ReportTexts = {
  title: {
    daily: '일일 운전 보고서',
    production_day: '생산일 운전 보고서',
    lot: '로트 생산 보고서',
    equipment: '설비 상태 보고서',
    anomaly: '이상 분석 보고서',
  },
  verdict: { normal: '정상 운전', attention: '주의 필요', action: '조치 필요', no_data: '데이터 없음' },
  severity: { low: '낮음', medium: '보통', high: '높음', critical: '심각' },
  equipmentState: { running: '정상', warning: '주의', fault: '이상', unknown: '미확인', unwatched: '미감시' },
  anomalyState: { open: '진행 중', closed: '종료' },
  lotStatus: { loading: '적재 중', open: '생산 중', closed: '종료' },
  detector: {
    innovation_bank: '예측 오차 관리도',
    zscore: 'Z-점수',
    pca_t2: 'PCA T²(호텔링)',
    pca_spe: 'PCA 잔차(SPE)',
    cva: 'CVA',
    isolation_forest: '아이솔레이션 포레스트',
    isolation_forest_charts: '관리도 아이솔레이션 포레스트',
  },
  equipmentKind: {
    feed: '원료 공급 설비',
    reactor: '반응기',
    heat_exchanger: '열교환기',
    separator: '분리기',
    compressor: '압축기',
    column: '탑',
    outlet: '배출 설비',
  },
  healthReason: {
    deviation: '이상 거동',
    limit: '경보 한계 도달',
    stale: '데이터 없음',
    bad_quality: '데이터 품질 불량',
    sampling: '학습 주기와 다른 샘플링',
  },
  unwatched: (reason, sampledEvery, learntEvery) =>
    ({
      no_tags: '감시하지 않음: 등록된 태그 없음',
      never_sent: '감시하지 않음: 수신된 측정값 없음',
      slower: `감시하지 않음: 샘플링 주기 ${sampledEvery}초, 학습 주기 ${learntEvery}초`,
      off_grid: `감시하지 않음: 샘플링 주기 ${sampledEvery}초, 학습 주기 ${learntEvery}초`,
    })[reason],
  noPrediction: {
    standstill: '기간 종료 시점에 공정이 정지 상태여서 진단과 예측을 수행하지 않았습니다.',
    stale: '기간 종료 시점의 데이터가 없어 진단과 예측을 수행할 수 없었습니다.',
    too_short: '기간 종료 시점 이전의 데이터가 부족하여 진단과 예측을 수행할 수 없었습니다.',
    gaps: '기간 종료 시점 이전의 데이터에 결측이 있어 진단과 예측을 수행할 수 없었습니다.',
    tag_missing: '모델에 필요한 변수의 데이터가 없어 진단과 예측을 수행할 수 없었습니다.',
    sampling: '샘플링 주기가 모델이 학습한 주기와 달라 진단과 예측을 수행할 수 없었습니다.',
    other: '모델을 사용할 수 없어 진단과 예측을 수행하지 못했습니다.',
  },
  shutdownCause: {
    'reactor-pressure-high': '반응기 압력 상한 3,000 kPa 도달',
    'reactor-level-high': '반응기 액위 상한 24 m³ 도달',
    'reactor-level-low': '반응기 액위 하한 2 m³ 도달',
    'reactor-temperature-high': '반응기 온도 상한 175 °C 도달',
    'separator-level-high': '분리기 액위 상한 12 m³ 도달',
    'separator-level-low': '분리기 액위 하한 1 m³ 도달',
    'stripper-level-high': '스트리퍼 액위 상한 8 m³ 도달',
    'stripper-level-low': '스트리퍼 액위 하한 1 m³ 도달',
  },
  modelBounds: {
    detector: '학습한 정상 운전만 알고 있으므로 다른 운전 모드는 이상으로 판단합니다.',
    diagnosis:
      '외란 1~20번을 구분합니다. 3번, 9번, 15번은 측정값에 거의 나타나지 않아 판별 결과가 가장 불확실합니다.',
    forecast: '정상 운전에서 예측 오차의 대부분은 예측할 수 없는 측정 잡음입니다.',
  },
  trainedOn: { simulated: '모의 운전 데이터', history: '이 공정의 정상 운전 데이터' },
  modelPurpose: {
    detector: '이상 감지',
    diagnosis: '고장 유무와 유형 판별',
    forecast: '변수 예측과 예측 구간 산출',
  },
  measuredFigure: {
    detection_rate: { label: '이상 구간 감지율', kind: 'share', unit: '' },
    false_alarm_rate: { label: '정상 구간 오경보율', kind: 'share', unit: '' },
    false_episodes_per_30_days: { label: '30일당 오경보 건수', kind: 'number', unit: '건' },
    detection_delay_minutes: { label: '발생에서 경보까지 걸린 시간', kind: 'number', unit: '분' },
    top_3_hit_rate: { label: '상위 3개 기여 변수 적중률', kind: 'share', unit: '' },
    macro_recall: { label: '원인 판별 재현율(유형 평균)', kind: 'share', unit: '' },
    correct_diagnosis_rate: { label: '감지된 이상의 원인 정답률', kind: 'share', unit: '' },
    unknown_auroc: { label: '미지 원인 구분 성능(AUROC)', kind: 'number', unit: '' },
    coverage_normal: { label: '90% 예측 구간 포함률(정상)', kind: 'share', unit: '' },
    coverage_fault: { label: '90% 예측 구간 포함률(이상)', kind: 'share', unit: '' },
  },
  evaluatedSet: {
    test_files: '공개 시험 파일',
    training_files: '공개 학습 파일',
    simulated: '모의 운전',
  },
  kpiTerm: {
    samples: '건',
    ...KPI_TERMS_KO,
  },
  letterhead: {
    summary: '요약',
    period: '대상 기간',
    generated: '작성 일시',
    pageOf: ['', ' / ', '쪽'],
    source: (generatedAt, reportId) => `작성 ${generatedAt} · ${reportId}`,
  },
  clock: {
    plant: (time) => `${time} (공정 시각)`,
    wall: (time) => `실제 시각 ${time}`,
    both: (plantTime, wallTime) => `공정 시각 ${plantTime}(실제 시각 ${wallTime})`,
  },
  section: {
    kpis: '핵심 지표',
    lots: '로트 현황',
    lot: '로트 개요',
    equipment: '설비 상태',
    anomaly: '이상 개요',
    health: '설비 건전도',
    sensors: '계측값 현황',
    anomalies: '이상 감지 내역',
    alarmSystem: '경보 시스템 성능',
    trends: '주요 변수 추이',
    forecast: '단기 예측',
    fault: '고장 진단',
    faultAndForecast: '고장 진단과 예측',
    dataQuality: '데이터 품질',
    notes: '비고',
    definitions: '핵심 지표 산출 기준',
    models: '부록: 사용 모델',
  },
  figure: {
    drivers: '감점 요인',
    contributions: '기여 변수',
    score: '이상 지표',
    scoreTrend: '건전도 추이',
    faultClasses: '고장 유형별 확률',
    importance: '모델 판단에 크게 작용한 변수',
  },
  column: {
    kpi: '지표',
    alarmFigure: '성능 지표',
    atMost: '기준(이하)',
    verdict: '판정',
    value: '값',
    unit: '단위',
    calculation: '정의 및 산출식',
    equipment: '설비',
    kind: '종류',
    state: '상태',
    score: '건전도',
    lowest: '최저',
    drivers: '감점 요인',
    severity: '심각도',
    begin: '발생',
    end: '종료',
    duration: '지속 시간',
    detector: '감지 방법',
    tags: '기여 변수',
    tag: '변수',
    peak: '최고값',
    readAt: '측정 시각',
    lot: '로트',
    grade: '제품 등급',
    anomalies: '이상',
    production: '시간당 평균 생산량, m³/h',
    knownFault: '알려진 외란',
    model: '모델',
    purpose: '용도',
    trainedOn: '학습 데이터',
    checks: '자체 점검',
    measured: '측정 항목',
    acknowledged: '확인',
    gap: '결측',
    from: '시작',
    to: '종료',
  },
  empty: {
    kpis: '해당 기간에 산출된 핵심 지표가 없습니다.',
    health: '해당 기간에 저장된 건전도가 없습니다.',
    drivers: '없음',
    sensors: '이 설비에 속한 계측기가 없습니다.',
    anomalies: '해당 기간에 감지된 이상이 없습니다.',
    contributions: '감지기가 지목한 기여 변수가 없습니다.',
    trends: '표시할 변수가 선정되지 않았습니다.',
    trendData: '해당 기간에 측정값이 없습니다.',
    dataQuality: '해당 기간의 데이터 수집률이 산정되지 않았습니다.',
    gaps: '누락된 데이터는 없습니다.',
  },
  summary,
  caption,
};
