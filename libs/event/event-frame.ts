/** One event as a stream carries it (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export interface EventFrame {
  /** What a reader that comes back sends as Last-Event-ID; without it that stays what it was. */
  id?: number | string;
  event: string;
  /** JSON, in one line as JSON.stringify makes it. */
  data: string;
  /** How long a browser waits before it comes back. */
  retryMs?: number;
}

export function eventFrame({ id, event, data, retryMs }: EventFrame): Buffer {
  const lines = [
    ...(id === undefined ? [] : [`id: ${id}`]),
    ...(retryMs === undefined ? [] : [`retry: ${retryMs}`]),
    `event: ${event}`,
    `data: ${data}`,
  ];
  return Buffer.from(`${lines.join('\n')}\n\n`);
}

/** Says that the line is alive, and up to where the reader has seen everything that it asked for. */
export function heartbeatFrame(id?: number): Buffer {
  return Buffer.from(id === undefined ? ': heartbeat\n\n' : `: heartbeat\nid: ${id}\n\n`);
}
