import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net';

/** What becomes of the bytes of the connections it has. */
type Traffic = { kind: 'pass' } | { kind: 'delay'; ms: number } | { kind: 'silent' };

interface Pair {
  client: Socket;
  upstream: Socket;
  /** A path that swallowed bytes once never delivers again, as a connection whose other end is gone. */
  dead: boolean;
  /** Neither end learns that the other one has closed. */
  lost: boolean;
}

/**
 * Stands between the product and a server of its own. It passes bytes on, delays them, swallows them without closing
 * anything, cuts connections with a reset, or refuses new ones.
 */
export class TcpProxy {
  private readonly pairs = new Set<Pair>();
  private traffic: Traffic = { kind: 'pass' };
  private server: Server | undefined;
  private listeningOn = 0;
  private taken = 0;

  private constructor(private readonly target: URL) {}

  /** @param target URL of the server, e.g. redis://127.0.0.1:6379; its port must be given */
  static async listen(target: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(new URL(target));
    await proxy.accept();
    return proxy;
  }

  /** The URL of the server with the proxy's address in it. */
  get url(): string {
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String(this.listeningOn);
    return url.toString();
  }

  get port(): number {
    return this.listeningOn;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.pairs.size;
  }

  /** The ports its connections to the server come from, as the server sees them. */
  get upstreamPorts(): number[] {
    return [...this.pairs].map(({ upstream }) => upstream.localPort ?? 0);
  }

  /** Connections it has taken so far. */
  get accepted(): number {
    return this.taken;
  }

  /** Everything passes again; connections that fell silent stay so, new ones are well. */
  pass(): void {
    this.traffic = { kind: 'pass' };
  }

  /** Every chunk comes so much later, in both directions. */
  delay(ms: number): void {
    this.traffic = { kind: 'delay', ms };
  }

  /** Connections, new ones included, stay open and say nothing more, for good. */
  silence(): void {
    this.traffic = { kind: 'silent' };
    for (const pair of this.pairs) pair.dead = true;
  }

  /** As `silence`, and the server does not learn that its clients have gone: it keeps what they held until `cut`. */
  lose(): void {
    this.silence();
    for (const pair of this.pairs) pair.lost = true;
  }

  /** Resets every open connection; new ones are treated as before. */
  cut(): void {
    for (const { client, upstream } of this.pairs) {
      client.resetAndDestroy();
      upstream.destroy();
    }
    this.pairs.clear();
  }

  /** Resets every open connection and refuses new ones until `accept`. */
  async refuse(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    this.cut();
    if (server?.listening) await new Promise((resolve) => server.close(resolve));
  }

  /** Takes connections again, on the port it had. */
  async accept(): Promise<void> {
    if (this.server) return;
    this.server = createServer((client) => this.connect(client));
    this.server.listen(this.listeningOn, '127.0.0.1');
    await once(this.server, 'listening');
    this.listeningOn = (this.server.address() as AddressInfo).port;
  }

  /** Ends for good. */
  close(): Promise<void> {
    return this.refuse();
  }

  private connect(client: Socket): void {
    this.taken++;
    const upstream = createConnection(Number(this.target.port), this.target.hostname);
    const pair: Pair = { client, upstream, dead: this.traffic.kind === 'silent', lost: false };
    this.pairs.add(pair);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ]) {
      from.on('data', (chunk: Buffer) => this.forward(pair, chunk, to));
      from.on('error', () => undefined);
      from.on('close', () => {
        if (pair.lost) return;
        this.pairs.delete(pair);
        to.destroy();
      });
    }
  }

  private forward(pair: Pair, chunk: Buffer, to: Socket): void {
    if (pair.dead) return;
    if (this.traffic.kind === 'delay') {
      setTimeout(() => !to.destroyed && to.write(chunk), this.traffic.ms);
    } else to.write(chunk);
  }
}
