import { useEffect, useRef } from 'react';
import { usePlant } from '../api/queries.ts';
import { isWall } from './route.ts';

/** A single slow answer is no outage. */
const LOST_AFTER_MS = 8_000;

export interface Freshness {
  /** Wall time of the last answer, once the server has been silent for a while. */
  lostSince?: number;
  needsKey: boolean;
}

/** Whether what is on the screen is of now. A wall page takes up a new version of itself after an outage. */
export function useFreshness(): Freshness {
  const { error, dataUpdatedAt, errorUpdatedAt } = usePlant();
  const needsKey = error?.status === 401 || error?.status === 403;
  const silent = error !== null && !needsKey && errorUpdatedAt - dataUpdatedAt > LOST_AFTER_MS;
  const wasSilent = useRef(false);
  useEffect(() => {
    if (wasSilent.current && !silent && isWall) void reloadIfNew();
    wasSilent.current = silent;
  }, [silent]);
  return { needsKey, lostSince: silent ? dataUpdatedAt || errorUpdatedAt : undefined };
}

async function reloadIfNew(): Promise<void> {
  const here = document.querySelector<HTMLScriptElement>('script[type=module]')?.getAttribute('src');
  const page = await fetch('/', { cache: 'no-store' }).then(
    (response) => response.text(),
    () => '',
  );
  if (here && page !== '' && !page.includes(here)) location.reload();
}
