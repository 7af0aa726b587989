import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { PdfPrinter, type PdfPrinterOptions, PrintError, type PrintErrorCode } from './pdf-printer.js';
import type { PrintedPdf } from './print-page.js';

export interface PrintThreadOptions extends Omit<PdfPrinterOptions, 'onWarning' | 'onUnpack'> {
  /** Whether the process has requests to answer, which then go first. @default false */
  givesWay?: boolean | undefined;
}

export type PrintRequest =
  | { readonly kind: 'print'; readonly id: number; readonly html: string }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'close' };

/** Errors lose their class on the way between threads, so they travel as what they are made of. */
export type PrintReply =
  | { readonly kind: 'printed'; readonly id: number; readonly pdf: PrintedPdf }
  | { readonly kind: 'refused'; readonly id: number; readonly code: PrintErrorCode; readonly message: string }
  | { readonly kind: 'unpacking'; readonly folder: string }
  | { readonly kind: 'warning'; readonly message: string; readonly reason: string };

const port = parentPort;
if (port === null) throw new Error('print.worker runs as a worker thread only');
const send = (reply: PrintReply): void => port.postMessage(reply);

/**
 * Each step takes about a fifth off the share of a thread that is never idle. With five a request comes first, and beside
 * other programs printing keeps a third of a fair share: much less, and it comes to a standstill there.
 */
const GIVING_WAY = 5;

const { givesWay, ...options } = workerData as PrintThreadOptions;
// On Linux a thread has a priority of its own, which the browser inherits.
if (givesWay && process.platform === 'linux') setPriority(GIVING_WAY);

const printer = new PdfPrinter({
  ...options,
  onUnpack: (folder) => send({ kind: 'unpacking', folder }),
  onWarning: (message, error) => send({ kind: 'warning', message, reason: reasonOf(error) }),
});
const cancels = new Map<number, AbortController>();

async function print(id: number, html: string): Promise<void> {
  const cancel = new AbortController();
  cancels.set(id, cancel);
  try {
    send({ kind: 'printed', id, pdf: await printer.print(html, cancel.signal) });
  } catch (error) {
    // nobody waits for what was cancelled
    if (error instanceof PrintError) send({ kind: 'refused', id, code: error.code, message: error.message });
    else if (!cancel.signal.aborted) throw error;
  } finally {
    cancels.delete(id);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

port.on('message', (request: PrintRequest) => {
  if (request.kind === 'print') void print(request.id, request.html);
  else if (request.kind === 'cancel') cancels.get(request.id)?.abort(new Error('cancelled'));
  else void printer.close().then(() => port.close());
});
