import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { projectPath } from '#platform';
import { OwnServer } from '../harness/own-servers.js';
import { freePort } from '../harness/product-process.js';
import type { ComposedProduct } from './composed-product.js';

interface PrometheusConfig {
  global: { scrape_interval: string; evaluation_interval: string };
  scrape_configs: {
    authorization: { credentials_file: string };
    dns_sd_configs?: { names: ('api' | 'worker')[] }[];
    static_configs?: { targets: string[] }[];
  }[];
}

/** Prometheus with the configuration of the compose file; the addresses it would get from DNS are written down. */
export class OwnPrometheus extends OwnServer {
  static async start({ ports, apiKeys }: ComposedProduct, address: string): Promise<OwnPrometheus> {
    const prometheus = new OwnPrometheus(await freePort(), mkdtempSync(join(tmpdir(), 'tep-prometheus-')));
    prometheus.configure(apiKeys.viewer, (service) => `${address}:${ports[service]}`);
    await prometheus.start();
    return prometheus;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What `/api/v1/…` answers. */
  async ask<Data>(path: string): Promise<Data> {
    const answer = await fetch(`${this.url}/api/v1/${path}`);
    return ((await answer.json()) as { data: Data }).data;
  }

  protected command(): [string, ...string[]] {
    const { folder, port } = this;
    return [
      'prometheus',
      ...[`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`],
      `--web.listen-address=127.0.0.1:${port}`,
    ];
  }

  protected async answers(): Promise<boolean> {
    return (await fetch(`${this.url}/-/ready`)).ok;
  }

  private configure(apiKey: string, targetOf: (service: 'api' | 'worker') => string): void {
    const config = parse(monitoringFile('prometheus.yml')) as PrometheusConfig;
    config.global = { scrape_interval: '1s', evaluation_interval: '1s' };
    for (const scrape of config.scrape_configs) {
      const [{ names }] = scrape.dns_sd_configs ?? [{ names: [] }];
      delete scrape.dns_sd_configs;
      scrape.static_configs = [{ targets: names.map(targetOf) }];
      scrape.authorization.credentials_file = join(this.folder, 'metrics_key');
    }
    writeFileSync(join(this.folder, 'prometheus.yml'), stringify(config));
    writeFileSync(join(this.folder, 'alerts.yml'), monitoringFile('alerts.yml'));
    writeFileSync(join(this.folder, 'metrics_key'), apiKey);
  }
}

/** Caddy with the Caddyfile of the compose file and a certificate of its own, before an API of this machine. */
export class OwnCaddy extends OwnServer {
  static async start({ ports }: ComposedProduct, domain: string): Promise<OwnCaddy> {
    const caddy = new OwnCaddy(await freePort(), mkdtempSync(join(tmpdir(), 'tep-caddy-')), domain);
    caddy.configure(`127.0.0.1:${ports.api}`);
    await caddy.start();
    return caddy;
  }

  private constructor(
    port: number,
    folder: string,
    private readonly domain: string,
  ) {
    super(port, folder);
  }

  get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  /** A request under a name, to this machine. */
  async get(
    path: string,
    headers: Record<string, string>,
  ): Promise<{ status: number; headers: IncomingHttpHeaders }> {
    const sent = request(`${this.url}${path}`, {
      headers: { host: this.domain, ...headers },
      servername: this.domain,
      rejectUnauthorized: false,
      signal: AbortSignal.timeout(10_000),
    });
    sent.end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    await answer.toArray();
    return { status: answer.statusCode ?? 0, headers: answer.headers };
  }

  protected command(): [string, ...string[]] {
    return ['caddy', 'run', '--config', join(this.folder, 'Caddyfile'), '--adapter', 'caddyfile'];
  }

  protected async answers(): Promise<boolean> {
    return (await this.get('/api/v1/health/live', {})).status === 200;
  }

  private configure(upstream: string): void {
    const storage = join(this.folder, 'storage');
    mkdirSync(storage);
    const local = ['skip_install_trust', 'local_certs', 'admin off', 'auto_https disable_redirects'];
    const written = readFileSync(projectPath('docker', 'tls', 'Caddyfile'), 'utf8')
      .replace('skip_install_trust', [...local, `storage file_system ${storage}`].join('\n'))
      .replace('{$TLS_DOMAIN}', `${this.domain}:${this.port}`)
      .replace('api:8000', upstream);
    writeFileSync(join(this.folder, 'Caddyfile'), written);
  }
}

function monitoringFile(name: string): string {
  return readFileSync(projectPath('docker', 'monitoring', name), 'utf8');
}
