import { isTimeZone, zoneOffsetMs } from '#calendar';

/** A window of time as a request names it. */
export interface RequestedWindow {
  time_zone?: string;
  from?: string;
  to?: string;
}

const OFFSET = /T.*([+-]\d{2}:\d{2})$/;

/**
 * The zone a request means: the one it names, else the offset its times are written with (`Z` and `+00:00`, which
 * programs write whatever they mean, name none), else ours.
 */
export function requestedZone({ time_zone, from, to }: RequestedWindow, ownZone: string): string {
  return time_zone ?? offsetOf(from, ownZone) ?? offsetOf(to, ownZone) ?? ownZone;
}

/** Our zone where its clocks show that offset: then its summer time is meant, too. */
function offsetOf(time: string | undefined, ownZone: string): string | undefined {
  const offset = OFFSET.exec(time ?? '')?.[1];
  if (time === undefined || offset === undefined || !isTimeZone(offset)) return undefined;
  const at = Date.parse(time);
  if (Number.isNaN(at) || zoneOffsetMs(at, offset) === 0) return undefined;
  return zoneOffsetMs(at, offset) === zoneOffsetMs(at, ownZone) ? ownZone : offset;
}
