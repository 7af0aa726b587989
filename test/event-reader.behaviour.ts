import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from '#jest';
import { EventClient, type ProductProcess, waitFor } from './harness/index.js';

const RECONNECTS = 20;
/** The reader is gone for this long at the most, while events go on. */
const LONGEST_ABSENCE_MS = 60;

/**
 * A reader of all events comes back 20 times at random moments, to one process and the other, while lots are written as fast as they
 * can; half way a process is killed.
 * @param processes that answer at the moment
 * @param kill ends one of them without warning, and has another one answer where none is left
 */
export async function expectEveryEventOnce(
  processes: () => readonly ProductProcess[],
  kill: (index: number) => Promise<void>,
): Promise<void> {
  let isWriting = true;
  let lots = 0;

  /** Adds lots, whatever becomes of the processes. */
  async function write(): Promise<void> {
    while (isWriting) {
      const startedAt = Date.UTC(2020, 0, 1) + ++lots * 3_600_000;
      const [started_at, ended_at] = [startedAt, startedAt + 60_000].map((at) => new Date(at).toISOString());
      const { url } = processes()[lots % processes().length];
      await fetch(`${url}/api/v1/lots`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ lot_no: `L${lots}`, started_at, ended_at }),
      }).catch(() => pause(50));
      await pause(10);
    }
  }

  const writing = write();
  try {
    const ids: number[] = [];
    let begin: number | undefined;
    let last: string | undefined;
    for (let i = 0; i <= RECONNECTS; i++) {
      const index = i % processes().length;
      const { url } = processes()[index];
      const client = await EventClient.open(`${url}/api/v1/events`, last ? { 'Last-Event-ID': last } : {});
      const enough = i === RECONNECTS ? 1 : randomInt(1, 9);
      await waitFor('some events', () => client.of('lots').length >= enough, { intervalMs: 1 });
      if (i === RECONNECTS / 2) await kill(index);
      if (i === RECONNECTS) {
        isWriting = false;
        await writing;
        const end = await EventClient.open(`${url}/api/v1/events`);
        const { data } = await end.next<{ position: number }>('hello');
        end.close();
        // What came after it may have come with it.
        await waitFor('the last event', () => Number(client.lastEventId) >= data.position);
      }
      client.close();
      begin ??= Number(client.of('hello')[0].id);
      expect(client.of('reset')).toEqual([]);
      const received = client.events.filter(({ id, event }) => id !== undefined && event !== 'hello');
      ids.push(...received.map(({ id }) => Number(id)));
      last = client.lastEventId;
      await pause(randomInt(LONGEST_ABSENCE_MS));
    }
    expect(ids.length).toBeGreaterThan(RECONNECTS);
    const first = (begin ?? 0) + 1;
    expect(ids).toEqual(Array.from({ length: Number(last) - first + 1 }, (_, i) => first + i));
  } finally {
    isWriting = false;
    await writing;
  }
}

/** A process that stops asks the readers of its events to reconnect, and does not wait for them. */
export async function expectFarewell(stopping: ProductProcess): Promise<void> {
  const client = await EventClient.open(`${stopping.url}/api/v1/events`);
  await client.next('hello');
  expect(await stopping.stop()).toBe(0);
  expect(client.of('restart')).toHaveLength(1);
  expect(client.end).toBe('closed');
}
