import { configureLogging } from '../../libs/platform/observability/logger.js';
import { HandlesJob, type JobContext, type JobHandler } from '../../libs/platform/queue/handler.js';
import { startQueueApp, WORK_JOB, type WorkOrder, WorkRecorder } from './queue-jobs.fixture.js';

/**
 * A worker process to be killed by tests: `node queue-process.fixture.js URL PREFIX [JOB-ID…]` submits jobs that run
 * until they are aborted, and prints a line for what it has seen happen.
 */
@HandlesJob(WORK_JOB)
class PrintingHandler extends WorkRecorder implements JobHandler<WorkOrder, string> {
  override async handle(order: WorkOrder, context: JobContext): Promise<string> {
    process.stdout.write(`started ${context.jobId}\n`);
    context.signal.addEventListener('abort', () => {
      process.stdout.write(`aborted ${context.jobId} ${(context.signal.reason as Error).name}\n`);
    });
    return super.handle(order, context);
  }
}

configureLogging('warn', 'fixture', { destination: 2 });
const [, , url, prefix, ...jobIds] = process.argv;
const app = await startQueueApp({ url, prefix, handlers: [PrintingHandler] });
process.stdout.write('ready\n');
for (const jobId of jobIds) {
  await app.queue.add(WORK_JOB, { task: 'wait-for-abort' }, { jobId });
  process.stdout.write(`added ${jobId}\n`);
}
process.on('SIGTERM', () => void app.close().then(() => process.exit(0)));
