/** Times as people at the plant read them. */
export interface Clock {
  zone: string;
  /** `2026-03-01 08:00` */
  dateTime(iso: string | number): string;
  /** `03-01 08:00` */
  dayTime(iso: string | number): string;
  /** `08:00:30` */
  time(iso: string | number): string;
  /** `2026-03-01` */
  date(iso: string | number): string;
}

const clocks = new Map<string, Clock>();

export function clockOf(zone: string): Clock {
  const known = clocks.get(zone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  const parts = (iso: string | number): Record<string, string> =>
    Object.fromEntries(format.formatToParts(new Date(iso)).map(({ type, value }) => [type, value]));
  const clock: Clock = {
    zone,
    dateTime: (iso) => {
      const { year, month, day, hour, minute } = parts(iso);
      return `${year}-${month}-${day} ${hour}:${minute}`;
    },
    dayTime: (iso) => {
      const { month, day, hour, minute } = parts(iso);
      return `${month}-${day} ${hour}:${minute}`;
    },
    time: (iso) => {
      const { hour, minute, second } = parts(iso);
      return `${hour}:${minute}:${second}`;
    },
    date: (iso) => {
      const { year, month, day } = parts(iso);
      return `${year}-${month}-${day}`;
    },
  };
  clocks.set(zone, clock);
  return clock;
}
