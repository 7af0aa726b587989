import { setTimeout } from 'node:timers/promises';

const ACCEPT_WITHIN_MS = 300_000;
const REQUEST_TIMEOUT_MS = 20_000;
const RETRY_AFTER_MS = 500;

/** What a job was asked for with. */
export interface AskedJob {
  collection: 'predictions' | 'reports';
  key: string;
  body: Record<string, string | number>;
}

/** A job the product has accepted. */
export interface AcceptedJob extends AskedJob {
  jobId: string;
  /** How it looked when it was first seen finished. */
  finished?: JobReply;
}

/** What the drill reads of a job's JSON. */
export interface JobReply {
  job_id: string;
  status: string;
  finished_at: string | null;
  attempt: number;
  download_url?: string | null;
  error: { code: string; message: string } | null;
  [member: string]: unknown;
}

/** Clients that ask for jobs until they are accepted, whatever happens to the server, and remember the answers. */
export class JobsLedger {
  readonly accepted: AcceptedJob[] = [];
  /** What no client may see. */
  readonly violations: string[] = [];
  private readonly pending = new Set<Promise<void>>();
  private count = 0;

  /** @param apis whom to ask: one of them each time, by chance */
  constructor(
    private readonly apis: readonly { url: string }[],
    private readonly random: () => number,
  ) {}

  /** Asks for a job with a key of its own, again and again until it is accepted. */
  ask(collection: AskedJob['collection'], body: AskedJob['body']): void {
    const job = { collection, body, key: `drill-${++this.count}` };
    const asking = this.askUntilAccepted(job)
      .catch((error: unknown) => void this.violations.push(`${job.key}: ${(error as Error).message}`))
      .finally(() => this.pending.delete(asking));
    this.pending.add(asking);
  }

  /** Resolves once every job asked for is accepted, or has waited in vain. */
  async settled(): Promise<void> {
    while (this.pending.size > 0) await Promise.all(this.pending);
  }

  /** Looks at every job that was not finished the last time. @returns how many are not finished now */
  async look(): Promise<number> {
    const open = this.accepted.filter(({ finished }) => finished === undefined);
    for (const job of open) {
      const reply = await this.read(job).catch(() => undefined);
      if (reply?.finished_at) job.finished = reply;
    }
    return this.accepted.filter(({ finished }) => finished === undefined).length;
  }

  /** @throws Error when no API answers */
  async read({ collection, jobId }: AcceptedJob): Promise<JobReply> {
    const answer = await this.request(`/api/v1/${collection}/${jobId}`);
    if (answer.status === 404) throw new Error(`${collection}/${jobId} is gone`);
    if (!answer.ok) throw new Error(`${collection}/${jobId}: ${answer.status}`);
    return (await answer.json()) as JobReply;
  }

  async download(path: string): Promise<Buffer> {
    const answer = await this.request(path);
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return Buffer.from(await answer.arrayBuffer());
  }

  private async askUntilAccepted(job: AskedJob): Promise<void> {
    const deadline = Date.now() + ACCEPT_WITHIN_MS;
    let last = 'nothing';
    while (Date.now() < deadline) {
      try {
        const answer = await this.request(`/api/v1/${job.collection}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': job.key },
          body: JSON.stringify(job.body),
        });
        if (answer.status === 202) {
          const { job_id: jobId } = (await answer.json()) as { job_id: string };
          this.accepted.push({ ...job, jobId });
          return;
        }
        last = `${answer.status} ${(await answer.text()).slice(0, 300)}`;
        if (answer.status === 500 || (answer.status < 500 && answer.status !== 429)) throw new Refused(last);
      } catch (error) {
        if (error instanceof Refused) throw error;
        last = (error as Error).message;
      }
      await setTimeout(RETRY_AFTER_MS + 500 * this.random());
    }
    throw new Error(`not accepted within ${ACCEPT_WITHIN_MS / 1_000} s; last: ${last}`);
  }

  private request(path: string, init: RequestInit = {}): Promise<Response> {
    const { url } = this.apis[Math.floor(this.random() * this.apis.length)];
    return fetch(url + path, { ...init, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
  }
}

/** An answer that trying again would not change, or that must not occur at all. */
class Refused extends Error {}
