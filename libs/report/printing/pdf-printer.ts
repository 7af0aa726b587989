import { BrowserSession } from './browser-session.js';
import { unpackedChromium, type ChromiumInstallation } from './chromium-unpack.js';
import { type PrintAssets, type PrintedPdf, PrintPage } from './print-page.js';
import { StandstillError, type StandstillLimits, StandstillWatch } from './standstill-watch.js';
import { unlessStopped } from './unless-stopped.js';

export interface PdfPrinterOptions {
  /** An installed Chromium (131 or newer); without it the one of the npm package is unpacked and used. */
  chromiumPath?: string | undefined;
  /** Where to unpack. @default the system's folder for temporary files */
  unpackFolder?: string;
  /** @default none */
  assets?: PrintAssets;
  /** A browser that has printed nothing for so long is closed. @default 60 000 */
  idleMs?: number;
  /** A browser is replaced after so many documents, as its memory only grows. @default 50 */
  printsPerBrowser?: number;
  /** How long the browser may get nowhere, be it with its start or with a document. */
  standstill?: StandstillLimits;
  /** Called with what went wrong and was mended. @default nobody */
  onWarning?: (message: string, error: unknown) => void;
  /** Called when the browser is being unpacked, which takes some seconds once per machine. */
  onUnpack?: (folder: string) => void;
}

export type PrintErrorCode = 'PDF_TIMEOUT' | 'PDF_PRINTER_CLOSED' | 'PDF_BROWSER_FAILED';

/** A document was not printed; trying again later may help. */
export class PrintError extends Error {
  constructor(
    readonly code: PrintErrorCode,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = 'PrintError';
  }
}

const ATTEMPTS = 2;
/** Pages kept for further documents; jobs print two at a time. */
const KEPT_PAGES = 2;

/**
 * Prints HTML to PDF with one shared headless Chromium, which is started when needed and closed when idle. Documents run
 * no scripts and reach nothing but the asset folders. Calls may overlap: each has a page to itself, which is kept for later
 * ones, since a new one costs more than a report.
 */
export class PdfPrinter {
  private readonly inFlight = new Set<AbortController>();
  private readonly endings = new Set<Promise<void>>();
  private readonly starting = new AbortController();
  /** The browser new documents go to; as long as it is not retired, it is this one. */
  private current: Promise<BrowserSession> | undefined;
  private idleTimer: NodeJS.Timeout | undefined;
  private sandboxed = process.getuid?.() !== 0;
  private closed = false;

  constructor(private readonly options: PdfPrinterOptions = {}) {}

  /**
   * Takes as long as there is progress; the caller's signal bounds it as a whole.
   * @param html a whole document; its `@page` rules decide size and margins
   * @throws the signal's reason when it is aborted; PrintError `PDF_TIMEOUT` when the browser gets nowhere,
   *   `PDF_PRINTER_CLOSED`, or `PDF_BROWSER_FAILED` when a second browser fails as well
   */
  async print(html: string, signal?: AbortSignal): Promise<PrintedPdf> {
    signal?.throwIfAborted();
    if (this.closed) throw printerClosed();
    const stop = new AbortController();
    const forward = (): void => stop.abort(signal?.reason);
    signal?.addEventListener('abort', forward);
    this.inFlight.add(stop);
    try {
      return await this.printPatiently(html, stop.signal);
    } finally {
      signal?.removeEventListener('abort', forward);
      this.inFlight.delete(stop);
    }
  }

  /** Refuses further documents and ends those being printed. Resolves when no browser is left running. */
  async close(): Promise<void> {
    this.closed = true;
    this.starting.abort(printerClosed());
    for (const stop of this.inFlight) stop.abort(printerClosed());
    const session = await this.current?.catch(() => undefined);
    if (session && !session.retired) this.retire(session, session.close());
    await Promise.all(this.endings);
  }

  /** Whether a browser is starting, running or ending. */
  get busy(): boolean {
    return this.current !== undefined || this.endings.size > 0;
  }

  private async printPatiently(html: string, stop: AbortSignal): Promise<PrintedPdf> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.printOnce(html, stop);
      } catch (error) {
        stop.throwIfAborted();
        if (error instanceof StandstillError) throw new PrintError('PDF_TIMEOUT', error.message, error);
        if (attempt === ATTEMPTS) throw browserFailed(error);
        this.warn('printing failed; trying once more with a new browser', error);
      }
    }
  }

  /** A browser in which anything failed is not trusted again: what else it is printing fails too and is repeated. */
  private async printOnce(html: string, stop: AbortSignal): Promise<PrintedPdf> {
    const session = await this.acquire(stop);
    const watch = new StandstillWatch('The browser', session.pid, this.options.standstill);
    const end = AbortSignal.any([stop, session.lost, watch.signal]);
    try {
      end.throwIfAborted();
      const page =
        session.restingPages.pop() ??
        (await unlessStopped(PrintPage.open(session.browser, this.options.assets ?? {}), end));
      watch.progress();
      const pdf = await unlessStopped(
        page.print(html, () => watch.progress()),
        end,
      );
      if (session.restingPages.length < KEPT_PAGES) session.restingPages.push(page);
      else await unlessStopped(page.close(), end);
      return pdf;
    } catch (error) {
      if (!session.retired) this.retire(session);
      this.track(session.kill());
      throw error;
    } finally {
      watch.end();
      session.active--;
      if (session.active === 0) this.rest(session);
    }
  }

  private async acquire(stop: AbortSignal): Promise<BrowserSession> {
    for (;;) {
      const session = await unlessStopped((this.current ??= this.launch()), stop);
      if (session.retired) continue;
      if (session.lost.aborted || !session.browser.connected) {
        this.retire(session, session.kill());
        continue;
      }
      clearTimeout(this.idleTimer);
      session.active++;
      session.prints++;
      if (session.prints >= (this.options.printsPerBrowser ?? 50)) this.retire(session);
      return session;
    }
  }

  private launch(): Promise<BrowserSession> {
    const launching = this.start();
    launching.then(
      (session) => this.rest(session),
      () => {
        if (this.current === launching) this.current = undefined;
      },
    );
    return launching;
  }

  private async start(): Promise<BrowserSession> {
    const { chromiumPath, unpackFolder, standstill: limits } = this.options;
    const { signal } = this.starting;
    const installation: ChromiumInstallation = chromiumPath
      ? { executablePath: chromiumPath, environment: {} }
      : await unpackedChromium(unpackFolder, signal, this.options.onUnpack);
    const launch = (sandboxed: boolean): Promise<BrowserSession> =>
      BrowserSession.launch(installation, { sandboxed, limits, signal });
    if (!this.sandboxed) return launch(false);
    try {
      return await launch(true);
    } catch (error) {
      if (error instanceof StandstillError) throw error;
      // containers forbid the name spaces the sandbox is made of; pages of ours run no scripts and reach no network
      const session = await launch(false);
      this.warn('the browser starts only without its sandbox', error);
      this.sandboxed = false;
      return session;
    }
  }

  /** A browser without work waits for more, unless it is to be replaced. */
  private rest(session: BrowserSession): void {
    if (session.active > 0) return;
    if (session.retired) return this.track(session.close());
    clearTimeout(this.idleTimer);
    this.idleTimer = setTimeout(() => {
      if (session.active === 0 && !session.retired) this.retire(session, session.close());
    }, this.options.idleMs ?? 60_000).unref();
  }

  /** No further documents go to this browser. */
  private retire(session: BrowserSession, ending?: Promise<void>): void {
    session.retired = true;
    this.current = undefined;
    if (ending) this.track(ending);
  }

  private track(ending: Promise<void>): void {
    const ended = ending
      .catch((error: unknown) => this.warn('the browser could not be ended cleanly', error))
      .finally(() => this.endings.delete(ended));
    this.endings.add(ended);
  }

  private warn(message: string, error: unknown): void {
    this.options.onWarning?.(message, error);
  }
}

function printerClosed(): PrintError {
  return new PrintError('PDF_PRINTER_CLOSED', 'The printer is shutting down');
}

function browserFailed(cause: unknown): PrintError {
  const message = 'The browser that prints PDF files failed; CHROMIUM_PATH can name another one';
  return new PrintError('PDF_BROWSER_FAILED', message, cause);
}
