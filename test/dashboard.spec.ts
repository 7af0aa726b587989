import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '#jest';
import { build, parseSync, type Rollup } from 'vite';
import { projectPath } from '#platform';
import { lastingServer, waitFor } from './harness/index.js';

const SOURCES = projectPath('apps', 'dashboard', 'src');

/** What the page keeps of answers (TanStack Query). */
interface Answers {
  setQueryData(key: readonly unknown[], data: unknown): void;
  getQueryState(key: readonly unknown[]): { isInvalidated: boolean } | undefined;
}

type Table = { [name: string]: string | ((...values: unknown[]) => string) | Table };

/** What is tested of the page, whose sources the compiler of the product does not know. */
interface Page {
  EventStream: new (reader: object) => { follow(signal: AbortSignal): Promise<void> };
  LiveUpdates: new (answers: Answers) => object;
  QueryClient: new () => Answers;
  en: Table;
  ko: Table;
}

const ENTRY_NAME = 'tested.ts';
const ENTRY = `
export { QueryClient } from '@tanstack/react-query';
export { EventStream } from '${SOURCES}/api/event-stream.ts';
export { LiveUpdates } from '${SOURCES}/api/live-answers.ts';
export { en } from '${SOURCES}/texts/en.ts';
export { ko } from '${SOURCES}/texts/ko.ts';
`;

/** Made of its sources as the page is. */
async function loadPage(): Promise<Page> {
  const made = (await build({
    configFile: false,
    root: SOURCES,
    logLevel: 'error',
    plugins: [
      {
        name: 'entry',
        enforce: 'pre',
        resolveId: (id) => (id.endsWith(ENTRY_NAME) ? join(SOURCES, ENTRY_NAME) : undefined),
        load: (id) => (id.endsWith(ENTRY_NAME) ? ENTRY : undefined),
      },
    ],
    build: {
      write: false,
      minify: false,
      target: 'es2022',
      lib: { entry: ENTRY_NAME, formats: ['es'], fileName: 'page' },
    },
    define: { 'process.env.NODE_ENV': '"production"' },
  })) as Rollup.RollupOutput[];
  const { code } = made[0].output[0];
  return (await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`)) as Page;
}

let page: Page;
beforeAll(async () => void (page = await loadPage()));

describe("the dashboard's reader of events", () => {
  const STREAMED = ['/api/v1/lots'];
  const NOT_STREAMED = [['/api/v1/equipment', {}], ['/api/v1/kpi', { query: {} }], ['/api/v1/models']];
  let server: Server;
  /** The streams that were asked for. */
  const streams: { asked: IncomingMessage; answer: ServerResponse }[] = [];
  const fetchOfNode = globalThis.fetch;
  const leaving = new AbortController();

  beforeAll(async () => {
    server = lastingServer((asked, answer) => {
      answer.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      streams.push({ asked, answer });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    // the page asks for paths
    globalThis.fetch = (path, init) => fetchOfNode(new URL(path, `http://127.0.0.1:${port}`), init);
  });

  afterAll(() => {
    leaving.abort();
    globalThis.fetch = fetchOfNode;
    server.closeAllConnections();
    server.close();
  });

  const send = (stream: number, event: string, data: object, id?: number): void =>
    void streams[stream].answer.write(
      `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`,
    );

  it('reads everything anew when it receives reset, goes on from there, and does not come back after done', async () => {
    const answers = new page.QueryClient();
    const following = new page.EventStream(new page.LiveUpdates(answers)).follow(leaving.signal);
    const readAll = (): void => {
      for (const key of [STREAMED, ...NOT_STREAMED]) answers.setQueryData(key, {});
    };
    const old = (): unknown[] =>
      [STREAMED, ...NOT_STREAMED].filter((key) => answers.getQueryState(key)?.isInvalidated === true);
    readAll();

    await waitFor('the stream to be asked for', () => streams.length === 1);
    expect(streams[0].asked.headers).not.toHaveProperty('last-event-id');
    send(0, 'hello', { position: 5, resumed: false }, 5);
    await waitFor('what events report to be old', () => old().length > 0);
    expect(old()).toEqual([STREAMED]);

    readAll();
    send(0, 'reset', { position: 40 }, 40);
    await waitFor('all to be old', () => old().length === 1 + NOT_STREAMED.length);

    readAll();
    send(0, 'lots', { lot_id: 7 }, 41);
    await waitFor('what is sent next', () => old().length > 0);
    expect(old()).toEqual([STREAMED]);

    readAll();
    send(0, 'restart', {});
    streams[0].answer.end();
    await waitFor('it to come back', () => streams.length === 2);
    expect(streams[1].asked.headers).toMatchObject({ 'last-event-id': '41' });
    send(1, 'reset', { position: 3 }, 3);
    await waitFor('all to be old again', () => old().length === 1 + NOT_STREAMED.length);
    send(1, 'done', { reason: 'key' });
    await following;
    expect(streams).toHaveLength(2);
  });
});

/** Proper names, units and abbreviations that are written so in Korean, too. */
const SAME_IN_KOREAN = new Set(['', 'KPI', 'CSV', 'CVA', '/']);
/** A sentence of the server is said in Korean, and a code of it as it is. */
const SERVER_REASON = '.admin.says.reason';
const HANGUL = /\p{Script=Hangul}/u;

function textsIn(table: Table, path = ''): { path: string; text: string }[] {
  return Object.entries(table).flatMap(([name, entry]) => {
    const place = `${path}.${name}`;
    if (typeof entry === 'object') return textsIn(entry, place);
    return [{ path: place, text: typeof entry === 'string' ? entry : entry('1', '2', '3', '4') }];
  });
}

describe('the texts of the dashboard', () => {
  it('are Korean in Korean, one by one', () => {
    const foreign = textsIn(page.ko).filter(
      ({ path, text }) => path !== SERVER_REASON && !HANGUL.test(text) && !SAME_IN_KOREAN.has(text),
    );
    expect(foreign).toEqual([]);
    expect(textsIn(page.en).filter(({ text }) => HANGUL.test(text))).toEqual([]);
    // problems are shown in English in the words of the server
    const places = textsIn(page.ko).map(({ path }) => path);
    expect(places.filter((path) => !path.startsWith('.problems.'))).toEqual(
      textsIn(page.en).map(({ path }) => path),
    );
  });

  it.each([
    'not known while database is down',
    'slow: no answer in 5000 ms',
    'paused: prediction, report',
    'no room left to write to',
    'another program keeps it locked',
    'no process has started the plant yet',
    'no process keeps the plant',
    'no process scores the samples',
    'the newest sample that is scored is too old: the scorer is behind, or none have come',
    'no process judges the samples against their limits',
    'samples have waited for 31 s to be judged against their limits',
    'not watched: sampled every 300 s, learnt at 180 s',
  ])('say in Korean what the server says of a part: %s', (reason) => {
    const { says } = page.ko.admin as unknown as { says: { reason: (said: string) => string } };
    expect(says.reason(reason)).toMatch(HANGUL);
    expect(says.reason(reason).replace(/ms/g, '')).not.toMatch(/[a-z]/);
    expect(says.reason('ECONNREFUSED')).toBe('ECONNREFUSED');
  });

  it('are all that its views show of themselves', () => {
    const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.tsx'),
    );
    expect(files.length).toBeGreaterThan(40);
    const written = files.flatMap((file) =>
      writtenIn(file, readFileSync(join(SOURCES, file), 'utf8')).map((text) => `${file}: ${text}`),
    );
    // languages are called what their speakers call them, disturbances by their numbers
    expect(written.sort()).toEqual([
      'incident/incident-detail.tsx: IDV',
      'lots/lots-view.tsx: IDV',
      'models/model-card.tsx: IDV',
      'operate/disturbances.tsx: IDV',
      'predictions/prediction-detail.tsx: IDV',
      'shell/top-bar.tsx: English',
      'shell/top-bar.tsx: 한국어',
    ]);
  });

  it('are missed where somebody writes into a view', () => {
    const view = (inside: string): string[] => writtenIn('view.tsx', `const v = ${inside};`);
    expect(view('<p>Hello {t.name}</p>')).toEqual(['Hello']);
    expect(view('<p aria-label="Plant">{isOn ? "on" : t.off}</p>').sort()).toEqual(['Plant', 'on']);
    expect(view('<input placeholder={`${n} hours`} />')).toEqual(['hours']);
    expect(view('<p className="stale">{state === "normal" && t.name} × {`${a} / ${b}`}</p>')).toEqual([]);
  });
});

/** Attributes that are shown or read out, `label` and `none` being those of our own fields. */
const SHOWN_ATTRIBUTES = new Set(['aria-label', 'title', 'placeholder', 'alt', 'label', 'none']);

interface Node {
  type: string;
  [member: string]: unknown;
}

/** Words that a view shows and that stand in its source. */
function writtenIn(file: string, source: string): string[] {
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0].message}`);
  const found: string[] = [];
  const take = (text: unknown): void => {
    if (typeof text === 'string' && /\p{L}{2}/u.test(text)) found.push(text.trim());
  };
  /** What an expression may come to. */
  const takeResults = (node: Node | null): void => {
    if (!node) return;
    if (node.type === 'Literal') take(node.value);
    if (node.type === 'JSXExpressionContainer') takeResults(node.expression as Node);
    if (node.type === 'TemplateLiteral')
      for (const { value } of node.quasis as { value: { cooked: string } }[]) take(value.cooked);
    if (node.type === 'ConditionalExpression')
      for (const side of [node.consequent, node.alternate]) takeResults(side as Node);
    if (node.type === 'LogicalExpression' || node.type === 'BinaryExpression')
      for (const side of node.type === 'LogicalExpression' && node.operator === '&&'
        ? [node.right]
        : node.operator === '+' || node.type === 'LogicalExpression'
          ? [node.left, node.right]
          : [])
        takeResults(side as Node);
  };
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (typeof node !== 'object' || node === null) return;
    const { type } = node as Node;
    if (type === 'JSXText') take((node as Node).value);
    if (type === 'JSXAttribute') {
      const { name, value } = node as unknown as { name: { name: string }; value: Node | null };
      if (SHOWN_ATTRIBUTES.has(name.name)) takeResults(value);
    }
    if (type === 'JSXElement' || type === 'JSXFragment')
      for (const child of (node as unknown as { children: Node[] }).children)
        if (child.type === 'JSXExpressionContainer') takeResults(child);
    Object.values(node).forEach(visit);
  };
  visit(program);
  return found;
}
