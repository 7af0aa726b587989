import type { Readable, Writable } from 'node:stream';
import type { ConnectionTransport } from 'puppeteer-core';

const END_OF_MESSAGE = '\0';

/** The two pipes a browser is driven through; a zero byte ends each message. */
export class BrowserPipe implements ConnectionTransport {
  onmessage?: (message: string) => void;
  onclose?: () => void;
  private readonly unfinished: Buffer[] = [];

  constructor(
    private readonly toBrowser: Writable,
    private readonly fromBrowser: Readable,
  ) {
    // a browser that ends breaks them, which its exit reports as well
    toBrowser.on('error', () => undefined);
    fromBrowser.on('error', () => undefined);
    fromBrowser.on('data', (chunk: Buffer) => this.receive(chunk));
    fromBrowser.on('close', () => this.onclose?.());
  }

  send(message: string): void {
    this.toBrowser.write(message + END_OF_MESSAGE);
  }

  close(): void {
    this.toBrowser.destroy();
    this.fromBrowser.destroy();
  }

  private receive(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(0); end !== -1; end = chunk.indexOf(0, start)) {
      this.unfinished.push(chunk.subarray(start, end));
      const message = Buffer.concat(this.unfinished.splice(0)).toString();
      // each in a turn of its own: whoever awaits the one before must have gone on when the next arrives
      setImmediate(() => this.onmessage?.(message));
      start = end + 1;
    }
    if (start < chunk.length) this.unfinished.push(chunk.subarray(start));
  }
}
