import { useEffect, useRef, useState } from 'react';
import { lostSince } from '../api/liveness.ts';
import { usePlant } from '../api/queries.ts';
import { isWall } from './route.ts';

const LOOK_EVERY_MS = 500;

export interface Freshness {
  /** Wall time of the last answer, once the server has been silent for a while. */
  lostSince?: number;
  needsKey: boolean;
}

/** Whether what is on the screen is of now. A wall page takes up a new version of itself after an outage. */
export function useFreshness(): Freshness {
  const { error } = usePlant();
  const needsKey = error?.status === 401 || error?.status === 403;
  const [lost, setLost] = useState(lostSince);
  useEffect(() => {
    const timer = setInterval(() => setLost(lostSince), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const wasLost = useRef(false);
  const isLost = lost !== undefined && !needsKey;
  useEffect(() => {
    if (wasLost.current && !isLost && isWall) void reloadIfNew();
    wasLost.current = isLost;
  }, [isLost]);
  return { needsKey, lostSince: isLost ? lost : undefined };
}

async function reloadIfNew(): Promise<void> {
  const here = document.querySelector<HTMLScriptElement>('script[type=module]')?.getAttribute('src');
  const page = await fetch('/', { cache: 'no-store' }).then(
    (response) => response.text(),
    () => '',
  );
  if (here && page !== '' && !page.includes(here)) location.reload();
}
