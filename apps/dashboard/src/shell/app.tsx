import { lazy, Suspense, useEffect, useRef } from 'react';
import { useLiveUpdates } from '../api/live-updates.ts';
import { Loading } from '../parts/states.tsx';
import { PlantView } from '../plant/plant-view.tsx';
import { href, isWall, useRoute } from './route.ts';
import { useTexts } from './settings.tsx';
import { TopBar } from './top-bar.tsx';
import { useFreshness } from './freshness.ts';

/** The plant is seen first; every other view is fetched when it is gone to. */
const VIEWS = {
  plant: PlantView,
  trends: lazy(async () => ({ default: (await import('../trends/trends-view.tsx')).TrendsView })),
  alarms: lazy(async () => ({ default: (await import('../alarms/alarms-view.tsx')).AlarmsView })),
  incidents: lazy(async () => ({ default: (await import('../incident/incidents-view.tsx')).IncidentsView })),
  predictions: lazy(async () => ({
    default: (await import('../predictions/predictions-view.tsx')).PredictionsView,
  })),
  reports: lazy(async () => ({ default: (await import('../reports/reports-view.tsx')).ReportsView })),
  kpis: lazy(async () => ({ default: (await import('../kpis/kpis-view.tsx')).KpisView })),
  lots: lazy(async () => ({ default: (await import('../lots/lots-view.tsx')).LotsView })),
  models: lazy(async () => ({ default: (await import('../models/models-view.tsx')).ModelsView })),
  operate: lazy(async () => ({ default: (await import('../operate/operate-view.tsx')).OperateView })),
  admin: lazy(async () => ({ default: (await import('../admin/admin-view.tsx')).AdminView })),
};
type ViewName = keyof typeof VIEWS;
const NAMES = Object.keys(VIEWS) as ViewName[];

export function App() {
  const t = useTexts();
  const { view } = useRoute();
  const name = NAMES.find((each) => each === view) ?? 'plant';
  const View = VIEWS[name];
  const { lostSince, needsKey } = useFreshness();
  useLiveUpdates();
  const main = useRef<HTMLElement>(null);
  const before = useRef(name);
  useEffect(() => {
    document.title = `${t.nav[name]} – ${t.product}`;
    // whoever reads by ear or keyboard goes on where the new view begins
    if (before.current !== name) main.current?.focus();
    before.current = name;
  }, [name, t]);
  return (
    <div className={isWall ? 'app wall' : 'app'} data-stale={lostSince !== undefined}>
      <a className="skip" href="#view" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        {t.skip}
      </a>
      <TopBar lostSince={lostSince} needsKey={needsKey && name !== 'admin'} />
      {!isWall && (
        <nav aria-label={t.nav.label}>
          {NAMES.map((each) => (
            <a key={each} href={href(each)} aria-current={each === name ? 'page' : undefined}>
              {t.nav[each]}
            </a>
          ))}
        </nav>
      )}
      <main id="view" ref={main} tabIndex={-1} data-view={name}>
        <Suspense key={name} fallback={<Loading />}>
          <View />
        </Suspense>
      </main>
    </div>
  );
}
