import { parentPort, workerData } from 'node:worker_threads';
import { configureLogging, loggerOf } from './logger.js';
import type { StartWatchData } from './start-watch.js';

const TICK_MS = 1_000;
const SILENT_TICKS = 5;
/** A start that takes longer than two minutes is spoken of less often, so that one that hangs fills no disk. */
const OFTEN_TICKS = 120;
const SELDOM_SILENT_TICKS = 30;

/** A thread of its own: see start-watch.ts. It never touches what the process does. */
if (!parentPort) throw new Error('start-watch.worker runs as a worker thread');
const { settings, writtenLines } = workerData as StartWatchData;
configureLogging(settings.level, settings.processName, settings);
const logger = loggerOf('start');

let steps: string[] = [];
let ticks = 0;
let silentTicks = 0;
let linesBefore = Atomics.load(writtenLines, 0);
parentPort.on('message', (ongoing: string[]) => (steps = ongoing));
setInterval(look, TICK_MS);

function look(): void {
  ticks++;
  const lines = Atomics.load(writtenLines, 0);
  silentTicks = lines === linesBefore ? silentTicks + 1 : 0;
  linesBefore = lines;
  if (silentTicks < (ticks < OFTEN_TICKS ? SILENT_TICKS : SELDOM_SILENT_TICKS)) return;
  silentTicks = 0;
  const at = steps.length > 0 ? steps.join(', ') : 'putting the parts together';
  logger.info({ for_s: Math.round(performance.now() / 1_000) }, `still starting: ${at}`);
}
