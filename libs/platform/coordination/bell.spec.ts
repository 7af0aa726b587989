import { afterEach, beforeEach, describe, expect, it, jest } from '#jest';
import { Bell } from './bell.js';

describe('a bell that is carried to other processes', () => {
  let carried: number;
  let bell: Bell;

  beforeEach(() => {
    jest.useFakeTimers();
    carried = 0;
    bell = new Bell();
    bell.carryBy({ ring: () => carried++, listen: () => undefined });
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('is heard there at once when it rings for the first time in a while', () => {
    bell.ring();
    expect(carried).toBe(1);
    jest.advanceTimersByTime(20);
    bell.ring();
    expect(carried).toBe(2);
  });

  it('is heard there once every 20 ms however often it rings, and after its last ring', () => {
    for (let time = 0; time < 3; time++) bell.ring();
    expect(carried).toBe(1);
    jest.advanceTimersByTime(19);
    bell.ring();
    expect(carried).toBe(1);
    jest.advanceTimersByTime(1);
    expect(carried).toBe(2);
    jest.advanceTimersByTime(1_000);
    expect(carried).toBe(2);
  });

  it('is heard here every time', () => {
    let heard = 0;
    const stop = bell.onRing(() => heard++);
    for (let time = 0; time < 3; time++) bell.ring();
    stop();
    bell.ring();
    expect(heard).toBe(3);
  });
});
