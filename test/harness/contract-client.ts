import { Ajv, type ValidateFunction } from 'ajv';
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
  headers?: Record<string, string>;
}

interface ReceivedBody {
  mediaType: string;
  text: string;
  /** The text itself where it is no JSON. */
  json: unknown;
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

  get<Body>(path: string, options?: RequestOptions): Promise<Reply<Body>> {
    return this.send('GET', path, options);
  }

  post<Body>(path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply<Body>> {
    return this.send('POST', path, { body, headers });
  }

  /**
   * @throws Error that names path, method and status when the document has no such path, method, status, media type or
   * schema, and when the body breaks the schema
   */
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
    const mediaType = (answer.headers.get('content-type') ?? '').split(';')[0].trim();
    const json: unknown = mediaType.endsWith('json') && text !== '' ? JSON.parse(text) : text;
    this.check(method, path, answer.status, { mediaType, text, json });
    return { status: answer.status, headers: answer.headers, body: json as Body };
  }

  private check(method: string, path: string, status: number, answer: ReceivedBody): void {
    const template = this.templateOf(method, new URL(path, this.url).pathname);
    const what = `${method} ${template} → ${status}`;
    const said = `it said ${answer.text.slice(0, 500) || 'nothing'}`;
    const { responses } = this.document.paths[template][method.toLowerCase()];
    if (!(String(status) in responses)) throw new Error(`${what} is not documented; ${said}`);
    const { content = {} } = responses[status];
    const mediaTypes = Object.keys(content);
    if (answer.text === '') {
      if (mediaTypes.length === 0) return;
      throw new Error(`${what} has no body, documented is ${mediaTypes.join(' or ')}`);
    }
    if (!(answer.mediaType in content)) {
      const documented = mediaTypes.join(' or ') || 'no body';
      throw new Error(
        `${what} is of type ${answer.mediaType || 'unknown'}, documented is ${documented}; ${said}`,
      );
    }
    if (!answer.mediaType.endsWith('json')) return;
    const { schema } = content[answer.mediaType];
    if (!schema) throw new Error(`${what} is documented without a schema`);
    const validate = this.validatorOf(`${what} ${answer.mediaType}`, schema);
    if (!validate(answer.json))
      throw new Error(`${what} breaks its contract: ${this.ajv.errorsText(validate.errors)}; ${said}`);
  }

  private validatorOf(what: string, schema: object): ValidateFunction {
    const known = this.validators.get(what);
    if (known) return known;
    const text = JSON.stringify(withNullable(schema)).replaceAll('"#/components/', '"openapi#/components/');
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

/** OpenAPI 3.0 says `nullable: true` where JSON Schema says `type: [..., 'null']`. */
function withNullable<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map((item: unknown) => withNullable(item)) as T;
  if (typeof schema !== 'object' || schema === null) return schema;
  const { nullable, ...rest } = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, withNullable(value as unknown)]),
  ) as Record<string, unknown>;
  return (nullable === true ? { anyOf: [rest, { type: 'null' }] } : rest) as T;
}
