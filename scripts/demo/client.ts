import { type IncomingHttpHeaders, request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { agentOf, lookupOf } from './route.ts';

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
  /** The body as JSON; undefined when it is not, or is compressed. */
  // biome-ignore lint/suspicious/noExplicitAny: clients of an API read its JSON as it comes
  readonly body: any;
};

export type Call = {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

export type Client = {
  readonly origin: string;
  /** Of whoever it is logged in as, for what they sign. */
  readonly password: string | undefined;
  call(method: string, path: string, call?: Call): Promise<Answer>;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  patch(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** The same client with a token. */
  as(token: string, password?: string): Client;
};

const TIMEOUT_MILLISECONDS = 60_000;

/** An HTTP client for one tenant's host. */
export function openClient(origin: string, token?: string, password?: string): Client {
  const call = (method: string, path: string, { body, headers = {} }: Call = {}): Promise<Answer> =>
    send(new URL(path, origin), method, body, {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    });
  return {
    origin,
    password,
    call,
    get: (path, headers = {}) => call('GET', path, { headers }),
    post: (path, body, headers = {}) => call('POST', path, { body, headers }),
    patch: (path, body, headers = {}) => call('PATCH', path, { body, headers }),
    as: (other, itsPassword) => openClient(origin, other, itsPassword),
  };
}

/** A client that is logged in. */
export async function logIn(origin: string, email: string, password: string): Promise<Client> {
  const client = openClient(origin);
  const { status, body } = await client.post('/api/v1/auth/login', { email, password });
  if (status !== 200) throw new Error(`login of ${email} was answered ${status} ${body?.code ?? ''}`);
  return client.as(body.accessToken, password);
}

function send(
  url: URL,
  method: string,
  body: unknown,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const payload = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? requestSecure : requestPlain;
    const outgoing = request(
      url,
      {
        ...lookupOf(url),
        agent: agentOf(url),
        method,
        signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
        headers: {
          ...(payload === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
          ...headers,
        },
      },
      response => {
        const chunks: Buffer[] = [];
        response.on('data', chunk => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const bytes = Buffer.concat(chunks);
          const flat = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
          resolve({
            status: response.statusCode ?? 0,
            headers: Object.fromEntries(flat),
            bytes,
            body: jsonOf(response.headers, bytes),
          });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(payload);
  });
}

function jsonOf(
  { 'content-type': type, 'content-encoding': encoding }: IncomingHttpHeaders,
  bytes: Buffer,
): unknown {
  if (type?.includes('json') !== true || encoding !== undefined || bytes.length === 0) return undefined;
  return JSON.parse(bytes.toString('utf8'));
}
