import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';

interface OpenApiDocument {
  paths: Record<
    string,
    Record<string, { responses: Record<string, { content?: Record<string, { schema: object }> }> }>
  >;
  components: { schemas: Record<string, object> };
}

export interface Reply<Body> {
  status: number;
  headers: Headers;
  body: Body;
}

export interface RequestOptions {
  body?: unknown;
  headers?: Record<string, string>;
}

/** An answer that takes longer on the busiest machine hangs. */
export const LONGEST_ANSWER_MS = 120_000;

/** Speaks to the product and holds every answer against the OpenAPI document the product publishes of itself. */
export class ContractClient {
  private readonly validators = new Map<string, ValidateFunction>();

  private constructor(
    readonly url: string,
    private readonly document: OpenApiDocument,
    private readonly ajv: Ajv,
  ) {}

  static async connect(url: string): Promise<ContractClient> {
    const document = (await (await fetch(`${url}/docs-json`)).json()) as OpenApiDocument;
    const ajv = new Ajv({ strict: false, allErrors: true });
    (formats as unknown as (ajv: Ajv) => void)(ajv);
    ajv.addSchema({ $id: 'openapi', components: withNullable(document.components) });
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

  /** @throws Error when the answer is not one the document allows */
  async send<Body>(
    method: string,
    path: string,
    { body, headers = {} }: RequestOptions = {},
  ): Promise<Reply<Body>> {
    const answer = await fetch(this.url + path, {
      method,
      headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(LONGEST_ANSWER_MS),
    });
    const text = await answer.text();
    const json: unknown =
      (answer.headers.get('content-type') ?? '').includes('json') && text !== '' ? JSON.parse(text) : text;
    this.check(method, path, answer.status, json);
    return { status: answer.status, headers: answer.headers, body: json as Body };
  }

  private check(method: string, path: string, status: number, body: unknown): void {
    const template = this.templateOf(new URL(path, this.url).pathname);
    if (template === undefined) return;
    const operation = this.document.paths[template][method.toLowerCase()];
    const what = `${method} ${template} → ${status}`;
    const documented = operation?.responses[String(status)];
    if (!documented)
      throw new Error(`${what} is not documented; it said ${JSON.stringify(body).slice(0, 500)}`);
    const schema = (
      documented.content?.['application/json'] ?? documented.content?.['application/problem+json']
    )?.schema;
    if (!schema || typeof body === 'string') return;
    const validate = this.validatorOf(what, schema);
    if (!validate(body))
      throw new Error(`${what} breaks its contract: ${this.ajv.errorsText(validate.errors)}`);
  }

  private validatorOf(what: string, schema: object): ValidateFunction {
    const known = this.validators.get(what);
    if (known) return known;
    const text = JSON.stringify(withNullable(schema)).replaceAll('"#/components/', '"openapi#/components/');
    const validate = this.ajv.compile(JSON.parse(text) as object);
    this.validators.set(what, validate);
    return validate;
  }

  private templateOf(pathname: string): string | undefined {
    const fits = (template: string): boolean =>
      new RegExp(`^${template.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`).test(pathname);
    return Object.keys(this.document.paths)
      .filter(fits)
      .sort((a, b) => (a.match(/\{/g)?.length ?? 0) - (b.match(/\{/g)?.length ?? 0))[0];
  }
}

/** OpenAPI 3.0 says `nullable: true` where JSON Schema says `type: [..., 'null']`. */
function withNullable<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map((item: unknown) => withNullable(item)) as T;
  if (typeof schema !== 'object' || schema === null) return schema;
  const { nullable, ...rest } = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, withNullable(value as unknown)]),
  ) as Record<string, unknown>;
  return (nullable === true ? { anyOf: [rest, { type: 'null' }] } : rest) as T;
}
