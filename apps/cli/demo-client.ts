/** An answer of the API that is not a success. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
  ) {
    super(`${detail} (${status} ${code})`);
    this.name = 'ApiProblem';
  }
}

/** A job as every status URL answers it. */
export interface JobReply {
  job_id: string;
  status: 'queued' | 'active' | 'completed' | 'failed' | 'cancelled';
  progress: number;
  error: { code: string; message: string } | null;
}

const REQUEST_TIMEOUT_MS = 15_000;
const POLL_MS = 300;

/** Speaks to the API as a dashboard would: over HTTP, with problem documents, by polling. */
export class DemoClient {
  constructor(
    private readonly base: string,
    private readonly apiKey: string | undefined,
  ) {}

  async get<T>(path: string): Promise<T> {
    return (await this.send('GET', path)).json() as Promise<T>;
  }

  async post<T>(path: string, body: unknown): Promise<T> {
    return (await this.send('POST', path, body)).json() as Promise<T>;
  }

  async delete(path: string): Promise<void> {
    await this.send('DELETE', path);
  }

  async download(path: string): Promise<{ bytes: Uint8Array; filename: string }> {
    const answer = await this.send('GET', path);
    const filename =
      /filename="([^"]+)"/.exec(answer.headers.get('content-disposition') ?? '')?.[1] ?? 'report.pdf';
    return { bytes: new Uint8Array(await answer.arrayBuffer()), filename };
  }

  /**
   * Polls a job until it is finished.
   * @throws Error when it failed, was cancelled or takes longer than `timeoutMs`
   */
  async finish<Job extends JobReply>(
    path: string,
    timeoutMs: number,
    onProgress: (percent: number) => void,
  ): Promise<Job> {
    return poll(`the job ${path}`, timeoutMs, async () => {
      const job = await this.get<Job>(path);
      onProgress(job.progress);
      if (job.status === 'failed' || job.status === 'cancelled') {
        throw new Error(`The job ${path} is ${job.status}: ${job.error?.message ?? 'no reason given'}`);
      }
      return job.status === 'completed' ? job : undefined;
    });
  }

  private async send(method: string, path: string, body?: unknown): Promise<Response> {
    const headers: Record<string, string> = { accept: 'application/json, application/pdf' };
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (this.apiKey) headers.authorization = `Bearer ${this.apiKey}`;
    let answer: Response;
    try {
      answer = await fetch(this.base + path, {
        method,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
    } catch (error) {
      const reason = (error as { cause?: Error }).cause?.message ?? (error as Error).message;
      throw new Error(
        `No answer from ${this.base} (${reason}). Is the product running? Start it with: npm start`,
        { cause: error },
      );
    }
    if (!answer.ok) {
      const problem = (await answer.json().catch(() => ({}))) as { code?: string; detail?: string };
      throw new ApiProblem(
        answer.status,
        problem.code ?? 'UNKNOWN',
        problem.detail ?? `${method} ${path} was refused`,
      );
    }
    return answer;
  }
}

/** Asks `probe` again and again until it has an answer. @throws Error when the time is over */
export async function poll<T>(
  what: string,
  timeoutMs: number,
  probe: () => Promise<T | undefined>,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    const found = await probe();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`Waited ${Math.round(timeoutMs / 1_000)} s in vain for ${what}`);
}
