import type { CaptionTexts, ReportTexts, SummaryTexts } from './texts.js';

const summary: SummaryTexts = {
  noData: 'No measurements were stored for this period, so nothing can be said about the plant.',
  standstill: ({ count, begin, cause, duration, until }) => {
    const stopped = `${cause === null ? 'stopped' : 'tripped'} on ${begin}${cause === null ? '' : ` (${cause})`}`;
    if (until === 'throughout') return `The plant stood still throughout the period: it ${stopped}.`;
    if (count > 1) {
      const end = until === 'end' ? ', at last to the end of the period' : '';
      return `The plant stood still ${count} times, for ${duration} in all${end}; the first time it ${stopped}.`;
    }
    return until === 'end'
      ? `The plant ${stopped} and stood still to the end of the period, for ${duration}.`
      : `The plant ${stopped} and stood still for ${duration}.`;
  },
  produced: (tonnes) =>
    tonnes === null ? 'Nothing was produced.' : `${tonnes} t of G and H were produced in the period.`,
  littleData: (share) =>
    `There are data for ${share} of the period only; the figures speak of no more than that.`,
  noAnomalies: (duration) => `No anomalies were detected in ${duration}.`,
  anomalies: (count, critical, open, duration) => {
    const detected = count === 1 ? 'One anomaly was detected' : `${count} anomalies were detected`;
    const which = [critical > 0 && `${critical} critical`, open > 0 && `${open} still open`]
      .filter(Boolean)
      .join(', ');
    return `${detected} in ${duration}${which && ` (${which})`}.`;
  },
  mostSevere: (begin, equipment, duration, tags) => {
    const lasted = duration === null ? 'and still lasts' : `and lasted ${duration}`;
    const shows = tags.length > 0 ? `; it shows most in ${listed(tags)}` : '';
    return `The most severe began on ${begin}${equipment ? ` (${equipment})` : ''} ${lasted}${shows}.`;
  },
  incidents: (count, critical, open, duration) => {
    const which = [critical > 0 && `${critical} critical`, open > 0 && `${open} still open`]
      .filter(Boolean)
      .join(', ');
    return `${count === 1 ? 'One incident' : `${count} incidents`} in ${duration}${which && ` (${which})`}.`;
  },
  worstIncident: (begin, equipment, duration, firstTags) => {
    const lasted = duration === null ? 'and still lasts' : `and lasted ${duration}`;
    const showed = firstTags.length > 0 ? `; it first showed in ${listed(firstTags)}` : '';
    return `The most severe began on ${begin}${equipment ? ` (${equipment})` : ''} ${lasted}${showed}.`;
  },
  incidentCause: (fault, probability, lookAt) => `Most probable cause: ${fault} (${probability}). ${lookAt}`,
  anomalyIncident: (id, firstTags) =>
    `It belongs to incident ${id}${firstTags.length > 0 ? `, which first showed in ${listed(firstTags)}` : ''}.`,
  healthGood: (units, threshold) =>
    units === 1
      ? `At the end of the period the one unit with a health score is at ${threshold} or above.`
      : `At the end of the period all ${units} units have a health score of ${threshold} or above.`,
  healthLowest: (equipment, score, othersBelow, threshold) => {
    const others = [
      `all other units are at ${threshold} or above`,
      `one other unit is below ${threshold}`,
      `${othersBelow} other units are below ${threshold}`,
    ][Math.min(othersBelow, 2)];
    return `Lowest health score at the end of the period: ${equipment}, ${score} of 100; ${others}.`;
  },
  headline: (label, value, change, direction, whileRunning) => {
    const figure = `${label}${whileRunning ? ' while running' : ''}: ${value}`;
    if (change === null) return `${figure}.`;
    if (direction === 'same') return `${figure}, the same as in the period before.`;
    return `${figure}, ${change} ${direction === 'up' ? 'more' : 'less'} than in the period before.`;
  },
  incomplete: (share) => `Only ${share} of the expected samples arrived; read the figures with care.`,
  lot: (lotNo, grade, duration, closed) =>
    `Lot ${lotNo}${grade && ` (${grade})`} ${closed ? `ran for ${duration} and is closed` : `has been running for ${duration}`}.`,
  lotFault: (fault) => `It was produced with a known disturbance: ${fault}.`,
  equipment: (name, state, score, lowest) =>
    `${name}: ${state.toLowerCase()}, health score ${score} of 100${lowest === null ? '' : ` (lowest in the period ${lowest})`}.`,
  equipmentUnknown: (name) => `${name} has no health score in this period.`,
  equipmentUnwatched: (name, why) => `${name} is ${why}.`,
  unitsUnwatched: (names) => `Not watched: ${listed(names)}.`,
  equipmentDriver: (driver, points) => `It loses most points to “${driver}” (−${points}).`,
  anomaly: (severity, equipment, begin, duration) => {
    const what = `Anomaly${equipment ? ` in ${equipment}` : ''}, severity ${severity.toLowerCase()}`;
    return duration === null
      ? `${what}: open since ${begin}.`
      : `${what}: began on ${begin}, lasted ${duration}.`;
  },
  anomalyPeak: (detector, times) => `${detector} rose to ${times} times its threshold.`,
  anomalyTags: (share, tags) =>
    `${listed(tags)} ${tags.length === 1 ? 'makes' : 'make'} up ${share} of the score and ${tags.length === 1 ? 'is' : 'are'} the place to look first.`,
  anomalyFault: (probability, fault, faultProbability) =>
    `The model puts the probability of a fault at ${probability}` +
    (fault ? `; the likeliest is ${fault} (${faultProbability ?? ''}).` : '.'),
  acknowledged: (by, at) => `Acknowledged by ${by} on ${at}.`,
  notAcknowledged: 'Nobody has acknowledged it yet.',
};

const caption: CaptionTexts = {
  openEnd: 'still open',
  none: 'none',
  versusPrevious:
    '▲▼ against the period of the same length before. The line shows the course within the period.',
  anomalyBand: 'Hatched: anomaly open.',
  limitLines: 'Dashed: limits L and H. Solid: limits LL and HH. An arrow names limits beyond the scale.',
  statistics: (lowest, mean, highest) => `lowest ${lowest} · mean ${mean} · highest ${highest}`,
  peakTimes: (times) => `${times} × threshold`,
  moreAnomalies: (shown, total) => `The ${shown} most important of ${total} are shown.`,
  contributions: 'Share in what speaks for the event since it began.',
  threshold: 'The line is the threshold; hatched: the event.',
  forecast: (madeAt, coverage) =>
    `Made on ${madeAt}. The shaded fan should hold ${coverage} of the values to come.`,
  forecastLabel: 'forecast',
  crossing: (probability) => `Probability of reaching an alarm limit: ${probability}`,
  faultProbability: (probability, at, model) =>
    `Probability that a fault is present: ${probability} (${model}, ${at}).`,
  noFault: 'No fault',
  completeness: (received, expected, share) =>
    `${received} of ${expected} expected samples arrived (${share}).`,
  shortGaps: (missing) => `${missing} are missing, none of them as part of a longer gap.`,
  badSamples: (count) => `${count} samples of bad quality were left out.`,
  moreGaps: (count) => `${count} shorter gaps are not listed.`,
  checksPassed: (passed, all) => `${passed} of ${all} passed`,
  alarmsShown: (count, frequent) =>
    `Alarms shown: ${count}.${frequent.length > 0 ? ` Most frequent: ${frequent.join(', ')}.` : ''}`,
  incidentAlarm: 'incident',
  withinBound: 'within',
  beyondBound: 'beyond',
  notEvaluated: 'not judged',
  measuredRange:
    'How good these models are: measured on data that served neither training nor limits. In brackets: the range in which the mean lies with 95% confidence.',
};

export const EN_TEXTS: ReportTexts = {
  title: {
    daily: 'Daily operations report',
    production_day: 'Production day report',
    lot: 'Lot report',
    equipment: 'Equipment report',
    anomaly: 'Anomaly report',
  },
  verdict: {
    normal: 'Normal operation',
    attention: 'Needs attention',
    action: 'Action required',
    no_data: 'No data',
  },
  severity: { low: 'Low', medium: 'Medium', high: 'High', critical: 'Critical' },
  equipmentState: {
    running: 'Running',
    warning: 'Warning',
    fault: 'Fault',
    unknown: 'Unknown',
    unwatched: 'Not watched',
  },
  anomalyState: { open: 'Open', closed: 'Closed' },
  lotStatus: { loading: 'Loading', open: 'Running', closed: 'Closed' },
  detector: {
    innovation_bank: 'Innovation bank',
    zscore: 'Z-score',
    pca_t2: 'PCA Hotelling T²',
    pca_spe: 'PCA residual (SPE)',
    cva: 'CVA',
    isolation_forest: 'Isolation forest',
    isolation_forest_charts: 'Isolation forest on charts',
  },
  equipmentKind: {
    feed: 'Feed section',
    reactor: 'Reactor',
    heat_exchanger: 'Heat exchanger',
    separator: 'Separator',
    compressor: 'Compressor',
    column: 'Column',
    outlet: 'Outlet',
  },
  healthReason: {
    deviation: 'Abnormal behaviour',
    limit: 'Alarm limit reached',
    stale: 'No data',
    bad_quality: 'Bad quality',
    sampling: 'Sampling not as learnt',
  },
  unwatched: (reason, sampledEvery, learntEvery) =>
    ({
      no_tags: 'not watched: it has no tags',
      never_sent: 'not watched: none of its tags has ever sent a value',
      slower: `not watched: sampled every ${sampledEvery} s, learnt at ${learntEvery} s`,
      off_grid: `not watched: sampled every ${sampledEvery} s, learnt at ${learntEvery} s`,
    })[reason],
  noPrediction: {
    standstill: 'None was made at the end of the period: the plant stood still.',
    stale: 'None could be made at the end of the period: there were no samples near it.',
    too_short: 'None could be made at the end of the period: there were too few samples before it.',
    gaps: 'None could be made at the end of the period: samples before it are missing.',
    tag_missing: 'None could be made at the end of the period: a tag that the models need had no samples.',
    sampling:
      'None could be made at the end of the period: the models learnt from samples at another interval.',
    other: 'None could be made at the end of the period: the models could not be used.',
  },
  shutdownCause: {
    'reactor-pressure-high': 'reactor pressure at its limit of 3,000 kPa',
    'reactor-level-high': 'reactor level at its upper limit of 24 m³',
    'reactor-level-low': 'reactor level at its lower limit of 2 m³',
    'reactor-temperature-high': 'reactor temperature at its limit of 175 °C',
    'separator-level-high': 'separator level at its upper limit of 12 m³',
    'separator-level-low': 'separator level at its lower limit of 1 m³',
    'stripper-level-high': 'stripper level at its upper limit of 8 m³',
    'stripper-level-low': 'stripper level at its lower limit of 1 m³',
  },
  modelBounds: {
    detector: 'Knows the normal operation it learned from; any other operating mode counts as abnormal.',
    diagnosis:
      'Knows disturbances 1 to 20. Numbers 3, 9 and 15 hardly show in the measurements; their names are the least certain.',
    forecast: 'In normal operation nearly all of its error is measurement noise that nobody can foresee.',
  },
  trainedOn: { simulated: 'Simulated operation', history: 'Normal operation of this plant' },
  modelPurpose: {
    detector: 'Detects anomalies',
    diagnosis: 'Tells whether there is a fault, and which',
    forecast: 'Foretells the tags, with intervals',
  },
  measuredFigure: {
    detection_rate: { label: 'Samples under a fault that are found', kind: 'share', unit: '' },
    false_alarm_rate: { label: 'Normal samples in alarm', kind: 'share', unit: '' },
    false_episodes_per_30_days: { label: 'False alarms in 30 days', kind: 'number', unit: '' },
    detection_delay_minutes: { label: 'Time from onset to alarm', kind: 'number', unit: 'min' },
    top_3_hit_rate: { label: 'Right tag among the first three', kind: 'share', unit: '' },
    macro_recall: { label: 'Samples given the right cause, mean over causes', kind: 'share', unit: '' },
    correct_diagnosis_rate: { label: 'Right cause, given a fault was found', kind: 'share', unit: '' },
    unknown_auroc: { label: 'Unknown told from known causes (AUROC)', kind: 'number', unit: '' },
    coverage_normal: { label: 'Values inside the 90% interval, normal', kind: 'share', unit: '' },
    coverage_fault: { label: 'Values inside the 90% interval, fault', kind: 'share', unit: '' },
  },
  evaluatedSet: {
    test_files: 'Public test files',
    training_files: 'Public training files',
    simulated: 'Simulated runs',
  },
  kpiTerm: {},
  letterhead: {
    summary: 'In brief',
    period: 'Period',
    generated: 'Generated',
    pageOf: ['Page ', ' of ', ''],
    source: (generatedAt, reportId) => `Generated ${generatedAt} · ${reportId}`,
  },
  clock: {
    plant: (time) => `${time} (plant time)`,
    wall: (time) => `${time} wall time`,
    both: (plantTime, wallTime) => `${plantTime} plant time (${wallTime} wall time)`,
  },
  section: {
    kpis: 'Key figures',
    lots: 'Lots',
    lot: 'The lot',
    equipment: 'Condition of the unit',
    anomaly: 'The event',
    health: 'Equipment health',
    sensors: 'Sensors',
    anomalies: 'Anomalies',
    alarmSystem: 'Alarm system',
    trends: 'Trends',
    forecast: 'Forecast',
    fault: 'Fault assessment',
    faultAndForecast: 'Fault assessment and forecast',
    dataQuality: 'Data quality',
    notes: 'Notes',
    definitions: 'How the key figures are calculated',
    models: 'Appendix: models used',
  },
  figure: {
    drivers: 'What takes points away',
    contributions: 'Contributing tags',
    score: 'Detector score',
    scoreTrend: 'Health score',
    faultClasses: 'Probability by fault',
    importance: 'What the model looked at most',
  },
  column: {
    kpi: 'Key figure',
    alarmFigure: 'Figure',
    atMost: 'At most',
    verdict: 'Verdict',
    value: 'Value',
    unit: 'Unit',
    calculation: 'Definition and calculation',
    equipment: 'Equipment',
    kind: 'Kind',
    state: 'State',
    score: 'Health score',
    lowest: 'Lowest',
    drivers: 'What takes points away',
    severity: 'Severity',
    begin: 'Begin',
    end: 'End',
    duration: 'Duration',
    detector: 'Detector',
    tags: 'Contributing tags',
    tag: 'Tag',
    peak: 'Peak',
    readAt: 'Read at',
    lot: 'Lot',
    grade: 'Grade',
    anomalies: 'Anomalies',
    production: 'Mean production, m³/h',
    knownFault: 'Known disturbance',
    model: 'Model',
    purpose: 'Purpose',
    trainedOn: 'Trained on',
    checks: 'Own checks',
    measured: 'Measured figure',
    acknowledged: 'Acknowledged',
    gap: 'Gap',
    from: 'From',
    to: 'To',
  },
  empty: {
    kpis: 'No key figures could be calculated for this period.',
    health: 'No health scores were stored in this period.',
    drivers: 'Nothing.',
    sensors: 'No sensors belong to this unit.',
    anomalies: 'No anomalies were detected in this period.',
    contributions: 'The detector named no contributing tags.',
    trends: 'No trends were selected for this report.',
    trendData: 'No values in this period.',
    dataQuality: 'The completeness of the data was not determined for this period.',
    gaps: 'Nothing is missing.',
  },
  summary,
  caption,
};

function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
