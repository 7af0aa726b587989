import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { lastingServer } from '../harness/lasting-server.js';

const T0 = Date.UTC(2026, 2, 1);
const MINUTE_MS = 60_000;

/** A plant that speaks the product's routes and does at once what a real one does within minutes. */
export class ScriptedProduct {
  state = 'running';
  idv: number | null = null;
  /** `METHOD /path` of each request but reads of the plant, health, anomalies and incidents. */
  readonly commands: string[] = [];
  /** Whether detectors notice the disturbance. */
  detects = true;
  /** What the report's job answers, one after the other; the last one for ever. */
  reportStates: object[] = [{ status: 'completed', progress: 100 }];
  /** Answered instead of the next requests. */
  readonly refusals: { status: number; code: string }[] = [];
  private minutes = 0;
  private disturbedAt = 0;

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => this.answer(request, response));
  }

  static async start(): Promise<ScriptedProduct> {
    const server = lastingServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ScriptedProduct(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  disturb(idv: number): void {
    this.idv = idv;
    this.disturbedAt = this.minutes;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const path = new URL(request.url ?? '', this.url).pathname.replace('/api/v1', '');
    const refusal = this.refusals.shift();
    if (refusal)
      return reply(
        response,
        refusal.status,
        { code: refusal.code, detail: 'not now' },
        { 'retry-after': '0.01' },
      );
    const route = `${request.method} ${path}`;
    if (!/^GET \/(plant|health|anomalies|incidents)$/.test(route)) this.commands.push(route);
    switch (route) {
      case 'GET /plant':
        this.minutes += this.state === 'running' ? 30 : 0;
        return reply(response, 200, this.plant());
      case 'GET /health':
        return reply(response, 200, { checks: { workers: { alive: 1 }, scorer: { lag_ms: 0 } } });
      case 'GET /anomalies':
        return reply(response, 200, { items: this.anomalies(request.url?.includes('state=open') ?? false) });
      case 'GET /incidents':
        return reply(response, 200, { items: [INCIDENT] });
      case 'POST /plant/restart':
        this.state = 'running';
        this.idv = null;
        return reply(response, 200, this.plant());
      case 'POST /plant/disturbances':
        if (this.idv !== null)
          return reply(response, 409, { code: 'DISTURBANCE_ACTIVE', detail: 'on already' });
        this.disturb(6);
        return reply(response, 201, {});
      case 'DELETE /plant/disturbances/6':
        this.idv = null;
        response.writeHead(204).end();
        return;
      case 'POST /predictions':
      case 'POST /reports':
        return reply(response, 202, { job_id: '1' });
      case 'GET /predictions/1':
        return reply(response, 200, { status: 'completed', progress: 100, result: PREDICTION });
      case 'GET /reports/1': {
        const state = this.reportStates.length > 1 ? this.reportStates.shift() : this.reportStates[0];
        return reply(response, 200, { pages: 1, download_url: '/api/v1/reports/1/download', ...state });
      }
      default:
        response.writeHead(200, { 'content-disposition': 'attachment; filename="demo.pdf"' }).end('%PDF-');
    }
  }

  private plant(): object {
    const since = iso(this.disturbedAt);
    return {
      time: iso(this.minutes),
      wall_time: iso(0),
      time_zone: 'UTC',
      speed: 60,
      state: this.state,
      samples_written: this.minutes,
      disturbances: this.idv === null ? [] : [{ idv: this.idv, title: 'A feed loss', since }],
      shutdown: this.state === 'shutdown' ? { description: 'pressure above its limit', at: iso(0) } : null,
    };
  }

  private anomalies(open: boolean): object[] {
    if (open || this.idv === null || !this.detects) return [];
    const at = iso(this.disturbedAt + 1);
    const contributions = [{ tag: 'XMEAS_01', name: 'A feed', share: 1 }];
    return [
      { anomaly_id: 7, detector: 'cva', eq_id: 'FEED', started_at: at, detected_at: at, contributions },
    ];
  }
}

const INCIDENT = {
  incident_id: 3,
  anomaly_count: 5,
  first_tags: [{ tag: 'XMEAS_01', name: 'A feed' }],
  diagnosis: { title: 'A feed loss', probability: 0.994, look_at: 'Check the supply of A.' },
};
const PREDICTION = { fault_probability: 1, fault_classes: [], forecast: [] };

function iso(minutes: number): string {
  return new Date(T0 + minutes * MINUTE_MS).toISOString();
}

function reply(response: ServerResponse, status: number, body: object, headers: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
