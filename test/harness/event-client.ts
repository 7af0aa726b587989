import { waitFor } from './wait-for.js';

/** An event as it came over the wire. */
export interface ReceivedEvent {
  id: string | undefined;
  event: string;
  data: unknown;
  /** Wall time of this process. */
  at: number;
}

/** Reads a stream of events as a page would with fetch. */
export class EventClient {
  readonly events: ReceivedEvent[] = [];
  comments = 0;
  /** What a browser would send when it comes back. */
  lastEventId: string | undefined;
  /** How the server or the network ended it; undefined while it is open. */
  end: 'closed' | 'broken' | undefined;
  private text = '';

  private constructor(
    readonly answer: Response,
    private readonly leaving: AbortController,
  ) {}

  /** @throws Error when the answer is no stream */
  static async open(url: string, headers: Record<string, string> = {}): Promise<EventClient> {
    const leaving = new AbortController();
    const answer = await fetch(url, { headers, signal: leaving.signal });
    if (answer.status !== 200 || !answer.body)
      throw new Error(`GET ${url} answered ${answer.status}: ${await answer.text()}`);
    const client = new EventClient(answer, leaving);
    void client.read(answer.body);
    return client;
  }

  close(): void {
    this.leaving.abort();
  }

  of(event: string): ReceivedEvent[] {
    return this.events.filter((each) => each.event === event);
  }

  /** Waits for the first event of that name that `isIt`. */
  next<Data>(
    event: string,
    isIt: (data: Data) => boolean = () => true,
  ): Promise<ReceivedEvent & { data: Data }> {
    return waitFor(
      `an event ${event}`,
      () => this.of(event).find(({ data }) => isIt(data as Data)) as ReceivedEvent & { data: Data },
      { progress: () => this.events.length, intervalMs: 20 },
    );
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of body) this.take(decoder.decode(chunk, { stream: true }));
      this.end = 'closed';
    } catch {
      this.end = 'broken';
    }
  }

  private take(text: string): void {
    const blocks = (this.text + text).split('\n\n');
    this.text = blocks.pop() ?? '';
    for (const block of blocks) this.takeBlock(block.split('\n'));
  }

  /** The id is remembered even if there is no data with it; only what has data is an event. */
  private takeBlock(lines: string[]): void {
    const fields = new Map(lines.map((line) => line.split(/: ?(.*)/s, 2) as [string, string]));
    if (fields.has('')) this.comments++;
    const id = fields.get('id');
    if (id !== undefined) this.lastEventId = id;
    const data = fields.get('data');
    if (data === undefined) return;
    this.events.push({ id, event: fields.get('event') ?? 'message', data: JSON.parse(data), at: Date.now() });
  }
}
