import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

interface DocumentedAnswer {
  content?: Record<string, { schema?: object }>;
}

interface OpenApiDocument {
  paths: Record<string, Record<string, { responses: Record<string, DocumentedAnswer> }>>;
  components: { schemas: Record<string, object> };
}

export interface Reply<Body> {
  status: number;
  headers: Headers;
  body: Body;
}

export interface RequestOptions {
  body?: unknown;
  headers?: Record<string, string> | undefined;
}

/** An answer as it came over the wire. */
interface Received {
  status: number;
  headers: { 'content-type'?: string | undefined };
  body: string;
}

/** An answer that takes longer on the busiest machine hangs. */
export const LONGEST_ANSWER_MS = 600_000;

/** Speaks to the product and holds every answer against the OpenAPI document the product publishes of itself. */
export class ContractClient {
  private readonly validators = new Map<string, ValidateFunction>();

  private constructor(
    readonly url: string,
    private readonly document: OpenApiDocument,
    private readonly ajv: Ajv2020,
  ) {}

  /** @param headers of the request for the document, where it asks for a key */
  static async connect(url: string, headers: Record<string, string> = {}): Promise<ContractClient> {
    const answer = await fetch(`${url}/docs-json`, { headers });
    if (!answer.ok) throw new Error(`GET ${url}/docs-json: ${answer.status} ${await answer.text()}`);
    const document = (await answer.json()) as OpenApiDocument;
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    (formats as unknown as (ajv: Ajv2020) => void)(ajv);
    ajv.addSchema({ $id: 'openapi', components: document.components });
    return new ContractClient(url, document, ajv);
  }

  /** Everything the document offers, e.g. `GET /api/v1/lots/{lot_id}`. */
  get operations(): string[] {
    return Object.entries(this.document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
  }

  get<Body>(path: string, options?: RequestOptions): Promise<Reply<Body>> {
    return this.send('GET', path, options);
  }

  post<Body>(path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply<Body>> {
    return this.send('POST', path, { body, headers });
  }

  /** @throws Error when the answer is not one the document allows, see {@link hold} */
  async send<Body>(
    method: string,
    path: string,
    { body, headers = {} }: RequestOptions = {},
  ): Promise<Reply<Body>> {
    const answer = await fetch(this.url + path, {
      method,
      headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(LONGEST_ANSWER_MS),
    });
    const { status } = answer;
    const contentType = answer.headers.get('content-type') ?? undefined;
    const text = await answer.text();
    const held = this.hold(method, path, { status, headers: { 'content-type': contentType }, body: text });
    return { status, headers: answer.headers, body: held as Body };
  }

  /**
   * Holds an answer that came by other ways against the document.
   * @returns its body, parsed where it is JSON
   * @throws Error that names path, method and status when the document has no such path, method, status, media type or
   * schema, and when the body breaks the schema
   */
  hold(method: string, path: string, { status, headers, body }: Received): unknown {
    const template = this.templateOf(method, new URL(path, this.url).pathname);
    const what = `${method} ${template} → ${status}`;
    const said = `it said ${body.slice(0, 500) || 'nothing'}`;
    const { responses } = this.document.paths[template][method.toLowerCase()];
    if (!(String(status) in responses)) throw new Error(`${what} is not documented; ${said}`);
    const { content = {} } = responses[status];
    const documented = Object.keys(content).join(' or ') || 'no body';
    if (body === '') {
      if (documented === 'no body') return body;
      throw new Error(`${what} has no body, documented is ${documented}`);
    }
    const mediaType = (headers['content-type'] ?? '').split(';')[0].trim();
    if (!(mediaType in content))
      throw new Error(`${what} is of type ${mediaType || 'unknown'}, documented is ${documented}; ${said}`);
    if (!mediaType.endsWith('json')) return body;
    const { schema } = content[mediaType];
    if (!schema) throw new Error(`${what} is documented without a schema`);
    const validate = this.validatorOf(`${what} ${mediaType}`, schema);
    const json: unknown = JSON.parse(body);
    if (validate(json)) return json;
    throw new Error(`${what} breaks its contract: ${this.ajv.errorsText(validate.errors)}; ${said}`);
  }

  private validatorOf(what: string, schema: object): ValidateFunction {
    const known = this.validators.get(what);
    if (known) return known;
    const text = JSON.stringify(schema).replaceAll('"#/components/', '"openapi#/components/');
    const validate = this.ajv.compile(JSON.parse(text) as object);
    this.validators.set(what, validate);
    return validate;
  }

  /** The documented path that a router would choose: the one that leaves least to parameters, of those with the method. */
  private templateOf(method: string, pathname: string): string {
    const { paths } = this.document;
    const parameters = (template: string): number => template.split('{').length - 1;
    const fitting = Object.keys(paths)
      .filter((template) => new RegExp(`^${template.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`).test(pathname))
      .sort((a, b) => parameters(a) - parameters(b));
    const template = fitting.find((each) => method.toLowerCase() in paths[each]);
    if (template !== undefined) return template;
    if (fitting.length === 0) throw new Error(`${method} ${pathname}: no documented path is like this`);
    const methods = fitting.flatMap((each) => Object.keys(paths[each])).join(', ');
    throw new Error(`${method} ${fitting[0]} is not documented, only ${methods.toUpperCase()}`);
  }
}
