import { describe, expect, it } from '#jest';
import { eventFrame, heartbeatFrame } from './event-frame.js';

describe('an event on the wire', () => {
  it('is a field a line and ends with an empty one, as the standard has it', () => {
    const frame = eventFrame({ id: 7, event: 'lots', data: '{"note":"a\\nb"}', retryMs: 2_000 });
    expect(frame.toString()).toBe('id: 7\nretry: 2000\nevent: lots\ndata: {"note":"a\\nb"}\n\n');
  });

  it('has no id where a reader shall keep the one it has', () => {
    expect(eventFrame({ event: 'samples', data: '{}' }).toString()).toBe('event: samples\ndata: {}\n\n');
  });

  it('is a comment when it only says that the line is alive', () => {
    expect(heartbeatFrame().toString()).toBe(': heartbeat\n\n');
    expect(heartbeatFrame(9).toString()).toBe(': heartbeat\nid: 9\n\n');
  });
});
