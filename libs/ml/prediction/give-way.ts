import { setPriority } from 'node:os';

/** Five steps leave a third of a fair share beside other programs: much less, and the work comes to a standstill there. */
const STEPS = 5;

/** Lets whoever answers requests go before this thread: on Linux a thread has a priority of its own. */
export function giveWay(): void {
  if (process.platform === 'linux') setPriority(STEPS);
}
