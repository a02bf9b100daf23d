import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import * as z from 'zod';
import { answering } from '../http.ts';
import type { Faults } from './faults.ts';
import { WrongRule } from './rule.ts';
import { VOCABULARY } from './vocabulary.ts';

/** Something more that tests can have one server do: the body that came in, the answer's body out. Throws a WrongRule. */
export type Action = (body: unknown) => object;

export type Control = {
  /** Whoever shows it may control; without one nobody may. */
  readonly token: string | undefined;
  /** By the last part of the path, as `split`. */
  readonly actions?: Readonly<Record<string, Action>>;
  /** Runs the answer once what was done is durable and on the wire; at once by default. */
  readonly whenDone?: (answer: () => void) => void;
};

type Reply = { readonly status: number; readonly body?: object };

const PREFIX = '/_faults';
const MOST_BYTES = 100_000;
const YEAR_MS = 366 * 24 * 3_600_000;

const jump = z.strictObject({
  jumpMs: z.number().min(-YEAR_MS).max(YEAR_MS),
  tokens: z.boolean().optional(),
});

/** What can be controlled: the faults of any server. */
type Controlled = Pick<Faults, 'server' | 'clock' | 'add' | 'get' | 'list' | 'end'>;

/** Puts the control interface, which README.md describes, before a listener, and the door before both. */
export function withControl(
  faults: Controlled,
  control: Control,
  listener: (request: IncomingMessage, response: ServerResponse) => unknown,
): RequestListener {
  return answering(faults.server, (request, response) =>
    isControl(request) ? serveControl(faults, control, request, response) : listener(request, response),
  );
}

function isControl(request: IncomingMessage): boolean {
  const path = request.url ?? '';
  return path === PREFIX || path.startsWith(`${PREFIX}/`) || path.startsWith(`${PREFIX}?`);
}

async function serveControl(
  faults: Controlled,
  control: Control,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { whenDone = answer => answer() } = control;
  let reply: Reply;
  try {
    reply = isAllowed(request.headers.authorization, control.token)
      ? answerTo(faults, control, request, await readBody(request))
      : problem(
          401,
          'authorization',
          'must be Bearer with the FAULTS_TOKEN that the server was started with',
        );
  } catch (error) {
    if (!(error instanceof WrongRule)) throw error;
    reply = problem(400, error.field, error.message);
  }
  const { status, body } = reply;
  const text = body === undefined ? undefined : JSON.stringify(body);
  whenDone(() => response.writeHead(status, { 'content-type': 'application/json' }).end(text));
}

function isAllowed(header: string | undefined, token: string | undefined): boolean {
  if (token === undefined || token === '') return false;
  const [given, expected] = [Buffer.from(header ?? ''), Buffer.from(`Bearer ${token}`)];
  return given.length === expected.length && timingSafeEqual(given, expected);
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new WrongRule('rule', `is larger than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  if (size === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    throw new WrongRule('rule', 'is not JSON');
  }
}

function answerTo(
  faults: Controlled,
  { actions = {} }: Control,
  { method = 'GET', url = '' }: IncomingMessage,
  body: unknown,
): Reply {
  const name = new URL(url, 'http://localhost').pathname.slice(PREFIX.length + 1);
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action !== undefined && method === 'POST') return { status: 200, body: action(body) };
  if (name === 'clock') return clock(faults, method, body);
  if (name === '') return rules(faults, method, body);
  const rule = faults.get(name);
  if (rule === undefined) return problem(404, 'path', `${faults.server} has no rule '${name}'`);
  if (method === 'GET') return { status: 200, body: rule };
  if (method !== 'DELETE') return problem(405, 'method', 'must be GET or DELETE');
  faults.end(name);
  return { status: 204 };
}

function rules(faults: Controlled, method: string, body: unknown): Reply {
  const { server } = faults;
  switch (method) {
    case 'GET':
      return { status: 200, body: { server, ...VOCABULARY[server], rules: faults.list() } };
    case 'POST':
      return { status: 201, body: faults.add(body) };
    case 'DELETE':
      faults.end();
      return { status: 204 };
    default:
      return problem(405, 'method', 'must be GET, POST or DELETE');
  }
}

function clock(faults: Controlled, method: string, body: unknown): Reply {
  if (!VOCABULARY[faults.server].hasClock)
    return problem(400, 'path', `the clock of ${faults.server} cannot jump`);
  if (method === 'POST') {
    const { data, error } = jump.safeParse(body);
    if (data === undefined)
      return problem(400, String(error.issues[0]?.path[0] ?? 'jumpMs'), error.issues[0]?.message ?? '');
    faults.clock.jump(data.jumpMs, data.tokens);
  } else if (method === 'DELETE') faults.clock.reset();
  else if (method !== 'GET') return problem(405, 'method', 'must be GET, POST or DELETE');
  return { status: 200, body: { now: faults.clock.now(), aheadMs: faults.clock.aheadMs } };
}

function problem(status: number, field: string, message: string): Reply {
  return { status, body: { error: { field, message: `${field} ${message}.` } } };
}
