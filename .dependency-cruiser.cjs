/**
 * Who may import whom (docs/architecture.md, "Who may import whom"). A feature reaches another feature only
 * through `#name` (its index.ts), in one direction.
 */
const FEATURES = [
  'equipment',
  'lot',
  'timeseries',
  'kpi',
  'anomaly',
  'prediction',
  'training',
  'incident',
  'alarm',
  'health',
  'report',
  'plant',
  'event',
];

/** Features a feature may import, besides calendar, platform, charts, tep and ml. */
const MAY_IMPORT = {
  equipment: [],
  lot: ['equipment'],
  timeseries: ['equipment', 'lot'],
  kpi: ['equipment', 'lot', 'timeseries'],
  anomaly: ['equipment', 'lot', 'timeseries'],
  prediction: ['equipment', 'lot', 'timeseries', 'anomaly'],
  training: ['equipment', 'lot', 'timeseries', 'anomaly', 'prediction'],
  incident: ['equipment', 'lot', 'timeseries', 'anomaly', 'prediction'],
  alarm: ['equipment', 'lot', 'timeseries', 'anomaly', 'incident'],
  health: ['equipment', 'lot', 'timeseries', 'kpi', 'anomaly', 'prediction', 'incident'],
  report: ['equipment', 'lot', 'timeseries', 'kpi', 'anomaly', 'prediction', 'incident', 'alarm', 'health'],
  plant: ['equipment', 'lot', 'timeseries'],
  event: ['equipment', 'timeseries', 'prediction', 'report'],
};

/** The folders of a large library, low to high: each imports only those before it, and no file beside them. */
const ROOMS = {
  'libs/platform': [
    'failure',
    'config',
    'observability',
    'database',
    'http',
    'coordination',
    'queue/pglite',
    'queue',
    'jobs',
    'process',
  ],
  'libs/tep': ['plant', 'control', 'catalogue', 'files', 'simulation', 'accounting'],
  'libs/ml': [
    'math',
    'window',
    'network',
    'store',
    'detectors',
    'diagnosis',
    'forecast',
    'evaluation',
    'prediction',
    'training',
  ],
  'libs/timeseries': ['samples', 'rollup', 'ingest', 'series', 'retention'],
  'libs/anomaly': ['detection', 'sampling'],
  'libs/report': ['gathering', 'texts', 'sections', 'printing'],
  'apps/cli': ['data-simulate', 'data-load', 'demo', 'models-train', 'models-evaluate'],
};

/** Its own files, and not those of a room inside it. */
const inRoom = (library, room, rooms) => {
  const inner = rooms
    .filter((other) => other.startsWith(`${room}/`))
    .map((other) => other.slice(room.length + 1));
  return `^${library}/${room}/${inner.length > 0 ? `(?!(${inner.join('|')})/)` : ''}`;
};

/** What is imported from outside a library; start and settings are read before the program is loaded. */
const DOORS = [
  '^libs/[^/]+/index\\.ts$',
  '^libs/platform/start\\.ts$',
  '^libs/ml/tensors\\.ts$',
  '^libs/([^/]+)/\\1\\.settings\\.ts$',
];

const TESTS = '\\.spec\\.ts$';

const rooms = Object.entries(ROOMS).flatMap(([library, names]) =>
  names.map((room, i) => ({
    name: `room-${library.split('/')[1]}-${room}`,
    comment: `${library}/${room} imports only rooms before it`,
    severity: 'error',
    from: { path: inRoom(library, room, names), pathNot: TESTS },
    to: {
      path: [
        ...names.slice(i + 1).map((higher) => inRoom(library, higher, names)),
        // settings are below all rooms; what they have in common in the commands stands beside them
        library === 'apps/cli' ? '^apps/cli/main\\.ts$' : `^${library}/(?![^/]+\\.settings\\.ts$)[^/]+\\.ts$`,
      ],
    },
  })),
);

const direction = FEATURES.map((feature) => ({
  name: `direction-${feature}`,
  comment: `libs/${feature} imports only features upstream of it`,
  severity: 'error',
  from: { path: `^libs/${feature}/`, pathNot: '\\.feature\\.spec\\.ts$' },
  to: {
    path: `^libs/(${FEATURES.filter((f) => f !== feature && !MAY_IMPORT[feature].includes(f)).join('|')})/`,
  },
}));

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^libs/', pathNot: '\\.d\\.ts$' },
      to: {},
    },
    {
      name: 'platform-knows-no-plant',
      severity: 'error',
      from: { path: '^libs/platform/' },
      to: { path: '^(libs/(?!(platform|calendar|text)/)|apps/|migrations/)' },
    },
    {
      name: 'tep-is-pure',
      severity: 'error',
      from: { path: '^libs/tep/' },
      to: { path: '^(libs/(?!(tep|text)/)|apps/|migrations/|node_modules/(@nestjs|typeorm))' },
    },
    {
      name: 'ml-is-pure',
      severity: 'error',
      from: { path: '^libs/ml/' },
      to: { path: '^(libs/(?!(ml|tep)/)|apps/|migrations/|node_modules/(@nestjs|typeorm))' },
    },
    ...direction,
    ...rooms,
    {
      name: 'text-is-pure',
      severity: 'error',
      from: { path: '^libs/text/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^(libs/(?!text/)|apps/|migrations/|node_modules/)', pathNot: 'jest' },
    },
    {
      name: 'charts-are-pure',
      severity: 'error',
      from: { path: '^libs/charts/' },
      to: { path: '^(libs/(?!(charts|calendar)/)|apps/|migrations/|node_modules/(@nestjs|typeorm))' },
    },
    {
      name: 'calendar-is-pure',
      severity: 'error',
      from: { path: '^libs/calendar/' },
      to: { path: '^(libs/(?!calendar/)|apps/|migrations/|node_modules/(@nestjs|typeorm))' },
    },
    {
      name: 'production-knows-no-test',
      severity: 'error',
      from: { path: '^(apps|libs|migrations)/', pathNot: TESTS },
      to: { path: '^test/' },
    },
    {
      name: 'features-through-index',
      severity: 'error',
      from: { path: '^libs/([^/]+)/' },
      to: { path: '^libs/([^/]+)/.+', pathNot: ['^libs/$1/', ...DOORS] },
    },
    {
      name: 'features-export-services',
      comment: 'SQL stays with its feature: other features ask its services',
      severity: 'error',
      from: { path: `^libs/(${FEATURES.join('|')})/index\\.ts$` },
      to: { path: '\\.repository\\.ts$' },
    },
    {
      name: 'apps-through-index',
      severity: 'error',
      from: { path: '^(apps|test|bench|migrations)/', pathNot: '^test/factories/' },
      to: { path: '^libs/[^/]+/.+', pathNot: DOORS },
    },
    {
      name: 'dashboard-knows-only-the-api',
      comment: 'the dashboard is a client: its types come from the OpenAPI document',
      severity: 'error',
      from: { path: '^apps/dashboard/' },
      to: { path: '^(libs|migrations|test|bench|apps/(?!dashboard/))' },
    },
    { name: 'libs-know-no-app', severity: 'error', from: { path: '^libs/' }, to: { path: '^apps/' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { conditionNames: ['types', 'import', 'default'] },
  },
};
