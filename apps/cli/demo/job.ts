import { SingleBar } from 'cli-progress';
import type { DemoClient, JobReply } from './client.js';
import { WorkersWatch } from './health.js';

const OFF_TERMINAL_EVERY_MS = 15_000;

/**
 * Waits for a job and shows how far it is, one bar for each attempt. How long it may take is the product's to say: it ends
 * every attempt and gives up by itself, as long as a worker is alive.
 * @throws Error when it failed or was cancelled, or no worker is alive
 */
export async function finishJob<Job extends JobReply>(
  client: DemoClient,
  what: string,
  path: string,
): Promise<Job> {
  console.log(`\nSubmitted the ${what}: ${path}`);
  const view = new JobView(what);
  const workers = new WorkersWatch(client);
  try {
    return await client.poll(async () => {
      const job = await client.get<Job>(path);
      view.show(job);
      if (job.status === 'failed' || job.status === 'cancelled')
        throw new Error(`The job ${path} is ${job.status}: ${job.error?.message ?? 'no reason given'}`);
      if (job.status === 'completed') return job;
      await workers.check();
      return undefined;
    });
  } finally {
    view.end();
  }
}

/** What a terminal shows of a job. */
class JobView {
  private bar: SingleBar | undefined;
  private attempt = 0;
  private reportedAttempt: number | undefined;

  constructor(private readonly what: string) {}

  show(job: JobReply): void {
    const { max_attempts: max, next_attempt_at: next } = job;
    const attempt = job.attempt || 1;
    if (next) return this.reportFailure(job, Date.parse(next) - Date.now());
    if (job.status === 'queued' && this.bar !== undefined) return;
    if (attempt > this.attempt || this.bar === undefined) {
      this.end();
      this.attempt = attempt;
      const title = attempt > 1 && max ? `${this.what}, attempt ${attempt} of ${max}` : this.what;
      this.bar = new SingleBar({
        format: `  ${title} [{bar}] {percentage} %`,
        noTTYOutput: true,
        notTTYSchedule: OFF_TERMINAL_EVERY_MS,
        clearOnComplete: false,
      });
      this.bar.start(100, 0);
    }
    this.bar.update(job.progress);
  }

  end(): void {
    this.bar?.stop();
    this.bar = undefined;
  }

  private reportFailure(
    { attempt = 0, max_attempts: max, last_error: error }: JobReply,
    waitMs: number,
  ): void {
    if (this.reportedAttempt === attempt) return;
    this.end();
    this.reportedAttempt = attempt;
    const reason = error ? ` (${error.code}: ${error.message})` : '';
    const wait = Math.max(0, Math.ceil(waitMs / 1_000));
    // an outage of the product's servers may keep even the first attempt from beginning
    const what = attempt > 0 ? `Attempt ${attempt} of ${max} did not succeed` : 'It could not begin';
    console.log(`  ${what}${reason}; the next attempt begins in ${wait} s.`);
  }
}
