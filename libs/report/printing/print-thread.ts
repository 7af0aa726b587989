import { Worker } from 'node:worker_threads';
import { AppError, loggerOf } from '#platform';
import type { PrintErrorCode } from './pdf-printer.js';
import type { PrintedPdf } from './print-page.js';
import type { PrintReply, PrintRequest, PrintThreadOptions } from './print.worker.js';

interface Waiting {
  resolve: (pdf: PrintedPdf) => void;
  reject: (error: Error) => void;
}

/**
 * The printer on a thread of its own: loading what drives the browser and encoding megabytes of fonts for it would hold up
 * whoever asks. The thread starts with the first document and is started anew after a crash.
 */
export class PrintThread {
  private readonly log = loggerOf('print-thread');
  private readonly waiting = new Map<number, Waiting>();
  private worker: Worker | undefined;
  private lastId = 0;
  private closed = false;

  constructor(private readonly options: PrintThreadOptions = {}) {}

  /**
   * @param html a whole document; its `@page` rules decide size and margins
   * @throws the signal's reason when it is aborted; AppError `PDF_TIMEOUT`, `PDF_PRINTER_CLOSED` or `PDF_BROWSER_FAILED`
   */
  async print(html: string, signal: AbortSignal): Promise<PrintedPdf> {
    signal.throwIfAborted();
    if (this.closed) throw unavailable('PDF_PRINTER_CLOSED', 'The printer is shutting down');
    const id = ++this.lastId;
    const worker = this.running();
    const printed = new Promise<PrintedPdf>((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    const cancel = (): void => {
      worker.postMessage({ kind: 'cancel', id } satisfies PrintRequest);
      this.take(id)?.reject(signal.reason as Error);
    };
    signal.addEventListener('abort', cancel, { once: true });
    worker.ref();
    worker.postMessage({ kind: 'print', id, html } satisfies PrintRequest);
    try {
      return await printed;
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  /** Refuses further documents and ends those being printed. Resolves when no browser is left running. */
  async close(): Promise<void> {
    this.closed = true;
    const { worker } = this;
    if (worker === undefined) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.ref();
    worker.postMessage({ kind: 'close' } satisfies PrintRequest);
    await ended;
  }

  private running(): Worker {
    if (this.worker !== undefined) return this.worker;
    const worker = new Worker(new URL('./print.worker.js', import.meta.url), { workerData: this.options });
    worker.on('message', (reply: PrintReply) => this.settle(reply));
    worker.on('error', (error) => this.log.error({ err: error }, 'the printing thread failed'));
    worker.on('exit', () => {
      this.worker = undefined;
      for (const id of [...this.waiting.keys()])
        this.take(id)?.reject(unavailable('PDF_BROWSER_FAILED', 'The thread that prints PDF files ended'));
    });
    return (this.worker = worker);
  }

  private settle(reply: PrintReply): void {
    if (reply.kind === 'unpacking')
      return this.log.info({ folder: reply.folder }, 'unpacking the browser, once per machine');
    if (reply.kind === 'warning') return this.log.warn({ reason: reply.reason }, reply.message);
    const waiting = this.take(reply.id);
    if (reply.kind === 'printed') waiting?.resolve(reply.pdf);
    else waiting?.reject(unavailable(reply.code, reply.message));
  }

  /** Whoever waits for this document, who then does no longer. */
  private take(id: number): Waiting | undefined {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    // An idle thread must not keep the process alive, a busy one must.
    if (this.waiting.size === 0) this.worker?.unref();
    return waiting;
  }
}

function unavailable(code: PrintErrorCode, message: string): AppError {
  return new AppError({ kind: 'unavailable', code, message });
}
