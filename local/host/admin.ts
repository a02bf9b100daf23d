import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AuthLevel, FunctionKeys, Key } from './function-keys.ts';
import { type FunctionApp, hostVersion } from './functions-core.ts';
import { isAuthorized } from './http-authorization.ts';

export type AdminHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;
/** The handler of one of the host's own routes; undefined when there is none, so that the app's routes are asked. */
export type Admin = (method: string, path: string) => AdminHandler | undefined;

/** Runs a function that is not triggered by HTTP at once; `input` takes the place of what its trigger would bring. */
export type Invoke = (input: string) => void;

export type AdminParts = {
  readonly hostId: string;
  readonly app: FunctionApp;
  readonly keys: FunctionKeys | undefined;
  /** By the function's name in lower case. */
  readonly invokes: ReadonlyMap<string, Invoke>;
};

type Reply = { readonly status: number; readonly json?: unknown };
type Route = {
  readonly methods: readonly string[];
  readonly path: RegExp;
  readonly level: AuthLevel;
  readonly reply: (parts: AdminParts, values: readonly string[], request: IncomingMessage) => Promise<Reply>;
};

const notFound: Reply = { status: 404 };

/** What operators use of the real host's controllers; all but the ping wants the master key. */
const routes: readonly Route[] = [
  {
    methods: ['GET', 'POST'],
    path: /^\/admin\/host\/ping$/i,
    level: 'anonymous',
    reply: async () => ({ status: 200 }),
  },
  { methods: ['GET'], path: /^\/admin\/host\/status$/i, level: 'admin', reply: replyStatus },
  {
    methods: ['GET'],
    path: /^\/admin\/host\/(keys|functionkeys|systemkeys)$/i,
    level: 'admin',
    reply: async ({ keys }, [kind = '']) => {
      const host = await keys?.hostKeys();
      return showKeys(kind.toLowerCase() === 'systemkeys' ? host?.systemKeys : host?.functionKeys);
    },
  },
  {
    methods: ['GET'],
    path: /^\/admin\/functions\/([^/]+)\/keys$/i,
    level: 'admin',
    reply: async (parts, [name = '']) => {
      const known = nameOf(parts.app, name);
      return known === undefined ? notFound : showKeys(await parts.keys?.functionKeys(known));
    },
  },
  {
    methods: ['GET'],
    path: /^\/admin\/functions\/([^/]+)\/status$/i,
    level: 'admin',
    reply: async ({ app }, [name = '']) =>
      nameOf(app, name) === undefined ? notFound : { status: 200, json: { errors: null } },
  },
  { methods: ['POST'], path: /^\/admin\/functions\/([^/]+)$/i, level: 'admin', reply: replyInvoke },
  // No extension of this host takes webhooks.
  {
    methods: ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'],
    path: /^\/runtime\/webhooks\/([^/]+)(\/.*)?$/i,
    level: 'system',
    reply: async () => notFound,
  },
];

/** The host's own routes, in front of the app's. */
export function createAdmin(parts: AdminParts): Admin {
  return (method, path) => {
    const trimmed = path.replace(/\/$/, '');
    for (const route of routes) {
      if (!route.methods.includes(method)) continue;
      const values = route.path.exec(trimmed)?.slice(1);
      if (values !== undefined)
        return (request, response) => answerRoute(parts, route, values, request, response);
    }
    return undefined;
  };
}

async function answerRoute(
  parts: AdminParts,
  route: Route,
  values: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const isAllowed = await isAuthorized(parts.keys, request, route.level);
  const { status, json } = isAllowed
    ? await route.reply(parts, values, request)
    : { status: 401, json: undefined };
  request.resume();
  const text = json === undefined ? '' : JSON.stringify(json);
  const type = json === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' };
  response
    .writeHead(status, {
      'content-length': String(Buffer.byteLength(text)),
      'cache-control': 'no-store',
      ...type,
    })
    .end(text);
}

async function replyStatus({ hostId }: AdminParts): Promise<Reply> {
  const json = {
    id: hostId,
    state: 'Running',
    version: hostVersion,
    versionDetails: hostVersion,
    processUptime: Math.round(process.uptime() * 1000),
    functionAppContentEditingState: 'NotAllowed',
  };
  return { status: 200, json };
}

async function replyInvoke(
  { invokes }: AdminParts,
  [name = '']: readonly string[],
  request: IncomingMessage,
): Promise<Reply> {
  const input = await readInput(request);
  if (input === undefined) return { status: 400 };
  const invoke = invokes.get(name.toLowerCase());
  if (invoke === undefined) return notFound;
  invoke(input);
  return { status: 202 };
}

/** The `input` of the body; undefined when the body is not a JSON object. */
async function readInput(request: IncomingMessage): Promise<string | undefined> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null) return undefined;
    const input: unknown = Reflect.get(body, 'input') ?? '';
    return typeof input === 'string' ? input : JSON.stringify(input);
  } catch {
    return undefined;
  }
}

function showKeys(keys: readonly Key[] | undefined): Reply {
  return { status: 200, json: { keys: (keys ?? []).map(({ name, value }) => ({ name, value })), links: [] } };
}

function nameOf(app: FunctionApp, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return [...app.functions.values()].find(({ metadata }) => metadata.name.toLowerCase() === wanted)?.metadata
    .name;
}
