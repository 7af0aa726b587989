import { useSyncExternalStore } from 'react';

/** Where one is: `#/trends?tags=XMEAS_07` is view `trends` with its query; `#/incidents/4` has an id. */
export interface Route {
  view: string;
  id?: string;
  query: URLSearchParams;
}

function listen(changed: () => void): () => void {
  addEventListener('hashchange', changed);
  return () => removeEventListener('hashchange', changed);
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(listen, () => location.hash);
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?');
  const [view = '', id] = path.split('/');
  return {
    view: view || 'plant',
    id: id === undefined ? undefined : decodeURIComponent(id),
    query: new URLSearchParams(search),
  };
}

export function href(
  view: string,
  id?: string | number,
  query: Record<string, string | undefined> = {},
): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value) search.set(name, value);
  return `#/${view}${id === undefined ? '' : `/${encodeURIComponent(id)}`}${search.size > 0 ? `?${search}` : ''}`;
}

export const go = (to: string): void => {
  location.hash = to;
};

/** Changes the address without a step of the browser's history, e.g. while one zooms. */
export function replaceRoute(to: string): void {
  history.replaceState(null, '', to);
  dispatchEvent(new HashChangeEvent('hashchange'));
}

/** `?wall`: nobody sits before it. */
export const isWall = new URLSearchParams(location.search).has('wall');
