import { useState } from 'react';
import type { Schemas } from '../api/client.ts';
import { useLots } from '../api/queries.ts';
import { LotField } from '../parts/choices.tsx';
import { Empty, Shown } from '../parts/states.tsx';
import { useClock, useTexts } from '../shell/settings.tsx';
import { LotComparison } from './lot-comparison.tsx';

type Lot = Schemas['LotDto'];

export function LotsView() {
  const t = useTexts();
  const lots = useLots();
  return (
    <div className="panel stack">
      <h1>{t.lots.title}</h1>
      <Shown of={lots}>
        {({ items }) => (items.length === 0 ? <Empty>{t.lots.empty}</Empty> : <Lots lots={items} />)}
      </Shown>
    </div>
  );
}

function Lots({ lots }: { lots: Lot[] }) {
  const t = useTexts();
  const clock = useClock();
  const [newest, before = newest] = lots;
  const [firstId, setFirst] = useState(before?.lot_id);
  const [secondId, setSecond] = useState(newest?.lot_id);
  const [first, second] = [firstId, secondId].map((id) => lots.find(({ lot_id }) => lot_id === id));
  return (
    <>
      <section className="stack">
        <h2>{t.lots.compare}</h2>
        <div className="tools">
          <LotField
            label={t.lots.first}
            value={String(firstId ?? '')}
            choose={(id) => setFirst(Number(id))}
          />
          <LotField
            label={t.lots.second}
            value={String(secondId ?? '')}
            choose={(id) => setSecond(Number(id))}
          />
        </div>
        {first && second && <LotComparison first={first} second={second} />}
      </section>
      <div className="scroll" tabIndex={0} role="region" aria-label={t.lots.title}>
        <table>
          <thead>
            <tr>
              <th>{t.lots.lotNo}</th>
              <th>{t.lots.grade}</th>
              <th>{t.common.state}</th>
              <th>{t.common.begin}</th>
              <th>{t.common.end}</th>
              <th>{t.lots.fault}</th>
            </tr>
          </thead>
          <tbody>
            {lots.map((lot) => (
              <tr key={lot.lot_id}>
                <td>{lot.lot_no}</td>
                <td>{lot.grade}</td>
                <td>
                  {lot.status === 'open'
                    ? t.common.open
                    : lot.status === 'closed'
                      ? t.common.closed
                      : lot.status}
                </td>
                <td>{clock.dateTime(lot.started_at)}</td>
                <td>{lot.ended_at === null ? '–' : clock.dateTime(lot.ended_at)}</td>
                <td>{lot.known_fault ? `IDV ${lot.known_fault}` : '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
