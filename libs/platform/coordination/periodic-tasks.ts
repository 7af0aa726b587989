import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { loggerOf } from '../observability/logger.js';
import { OutageLog } from '../failure/outage-log.js';

interface PeriodicTask {
  name: string;
  timer: NodeJS.Timeout | undefined;
  running: Promise<void>;
}

/** Work that repeats for as long as the process runs: never twice at a time, stopped and awaited at shutdown. */
@Injectable()
export class PeriodicTasks implements OnModuleDestroy {
  private readonly logger = loggerOf('periodic');
  private readonly tasks: PeriodicTask[] = [];
  private stopped = false;

  /** Runs `work` every `intervalMs`, the first time after one interval; an error is logged and the next run comes. */
  every(name: string, intervalMs: number, work: () => Promise<void>): void {
    const outages = new OutageLog(this.logger, { task: name });
    const task: PeriodicTask = { name, timer: undefined, running: Promise.resolve() };
    const schedule = (): void => {
      if (this.stopped) return;
      task.timer = setTimeout(() => {
        // A throw before the first promise is an error of the task like any other.
        task.running = Promise.resolve()
          .then(work)
          .then(() => outages.worked())
          .catch((error: unknown) => outages.failed(error, 'periodic task failed'))
          .finally(schedule);
      }, intervalMs);
      task.timer.unref();
    };
    schedule();
    this.tasks.push(task);
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    for (const task of this.tasks) clearTimeout(task.timer);
    await Promise.all(this.tasks.map((task) => task.running));
  }
}
