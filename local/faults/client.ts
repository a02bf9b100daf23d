import { readFileSync } from 'node:fs';
import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import type { RuleState } from './faults.ts';
import type { RuleOf } from './rule.ts';
import type { EffectName, FaultServer, StruckBy } from './vocabulary.ts';

/** Whatever has the settings of a stack: the stack itself, or what `npm run local -- --json` printed. */
export type FaultTarget = { readonly settings: Readonly<Record<string, string>> };

/** Which operations a rule strikes, how often and when; see README.md. */
type When<Operation extends string> = Omit<RuleOf<'detach'>, 'effect' | 'operation'> & {
  readonly operation?: Operation | readonly Operation[];
};
type Given<Server extends FaultServer, Name extends EffectName> = Omit<RuleOf<Name>, keyof RuleOf<'detach'>> &
  When<StruckBy<Server, Name>>;

/** A rule that was switched on. Disposing of it ends it. */
export type Fault = AsyncDisposable & {
  readonly id: string;
  /** How often it has struck by now. */
  struck(): Promise<number>;
  end(): Promise<void>;
};

/** The faults of one server: a method for each effect that it has. */
export type ServerFaults<Server extends FaultServer> = {
  /** Ends all rules of the server. */
  clear(): Promise<void>;
  rules(): Promise<RuleState[]>;
  /** Jumps the server's clock by so many milliseconds, that of tokens only when asked to. */
  jumpClock(milliseconds: number, options?: { readonly tokens?: boolean }): Promise<void>;
  resetClock(): Promise<void>;
  /** What only one server can do, by name. */
  act(name: string, body: object): Promise<unknown>;
  /** A rule as JSON, for what the methods do not say. */
  add(rule: object): Promise<Fault>;
} & {
  readonly [Name in EffectName as [StruckBy<Server, Name>] extends [never] ? never : MethodOf<Name>]: (
    rule: Given<Server, Name>,
  ) => Promise<Fault>;
} & {
  /** Refuses with 429; the client is to come again after `retryAfterMs`, 10 by default. */
  readonly throttle: (rule: Omit<Given<Server, 'status'>, 'status'>) => Promise<Fault>;
};

const METHODS = {
  status: 'refuse',
  delay: 'delay',
  reset: 'reset',
  detach: 'detach',
  'lose-lock': 'loseLock',
  duplicate: 'duplicate',
  stale: 'readStale',
  'stop-timer': 'stopTimer',
  'slow-disk': 'slowDisk',
} as const satisfies Record<EffectName, string>;
type MethodOf<Name extends EffectName> = (typeof METHODS)[Name];

/** Servers by what they are called in a stack: the apps, and their further instances, are Functions hosts. */
type ServerKind<Name extends string> = Name extends FaultServer ? Name : 'host';

/**
 * Makes the servers of a stack misbehave: `faults(stack).on('cosmos').throttle({ operation: 'batch', count: 3 })`. What
 * comes back ends the fault; with `await using` the end of the block does.
 */
export function faults(stack: FaultTarget): StackFaults {
  return {
    // The methods are made from the same table as their types.
    on: <Name extends FaultServer | AppProcess>(name: Name) =>
      serverFaults(stack, name) as unknown as ServerFaults<ServerKind<Name>>,
    clear: async () => {
      const names = Object.keys(stack.settings).flatMap(name => /^FAULTS_(.+)_URL$/.exec(name)?.[1] ?? []);
      await Promise.all(names.map(name => call(stack, name, 'DELETE', '').catch(unlessGone)));
    },
  };
}

export type StackFaults = {
  /** `name` is that of a server, or of an app's process such as `worker` or `worker-2`. */
  on<Name extends FaultServer | AppProcess>(name: Name): ServerFaults<ServerKind<Name>>;
  /** Ends all rules of all servers and apps that run. */
  clear(): Promise<void>;
};

/** The rules of a server that was killed went with it. */
function unlessGone(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ECONNREFUSED') throw error;
}

type AppProcess = 'api' | 'worker' | 'render' | `${'api' | 'worker' | 'render'}-${number}`;

function serverFaults(stack: FaultTarget, name: string) {
  const send = (method: string, path: string, body?: object): Promise<unknown> =>
    call(stack, settingName(name), method, path, body);
  const add = async (rule: object): Promise<Fault> => {
    // What the server answers is a RuleState.
    const { id } = (await send('POST', '', rule)) as RuleState;
    const end = async (): Promise<void> => void (await send('DELETE', `/${id}`));
    return {
      id,
      struck: async () => ((await send('GET', `/${id}`)) as RuleState).struck,
      end,
      [Symbol.asyncDispose]: end,
    };
  };
  const methods = Object.entries(METHODS).map(([effect, method]) => [
    method,
    (rule: object) => add({ effect, ...rule }),
  ]);
  return {
    ...Object.fromEntries(methods),
    throttle: (rule: object) => add({ effect: 'status', status: 429, retryAfterMs: 10, ...rule }),
    add,
    clear: async () => void (await send('DELETE', '')),
    rules: async () => ((await send('GET', '')) as { rules: RuleState[] }).rules,
    jumpClock: async (jumpMs: number, options: object = {}) =>
      void (await send('POST', '/clock', { jumpMs, ...options })),
    resetClock: async () => void (await send('DELETE', '/clock')),
    act: (action: string, body: object) => send('POST', `/${action}`, body),
  };
}

/** Under which name the address of a server's control interface stands in the settings. */
export function faultsSetting(name: string): string {
  return `FAULTS_${settingName(name)}_URL`;
}

function settingName(name: string): string {
  return name.toUpperCase().replaceAll('-', '_');
}

/** Sends a request; rejects with what the server said when it refused. */
async function call(
  { settings }: FaultTarget,
  name: string,
  method: string,
  path: string,
  body?: object,
): Promise<unknown> {
  const base = settings[`FAULTS_${name}_URL`];
  if (base === undefined) throw new Error(`there is no FAULTS_${name}_URL among the settings`);
  const ca = settings['NODE_EXTRA_CA_CERTS'];
  const options = {
    method,
    headers: { authorization: `Bearer ${settings['FAULTS_TOKEN'] ?? ''}` },
    ...(ca === undefined ? {} : { ca: readFileSync(ca) }),
  };
  const { status, text } = await exchange(new URL(`${base}/_faults${path}`), options, body);
  if (status >= 400) throw new Error(`${method} /_faults${path} of ${name}: ${status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

function exchange(
  url: URL,
  options: object,
  body: object | undefined,
): Promise<{ readonly status: number; readonly text: string }> {
  const request = url.protocol === 'https:' ? requestSecure : requestPlain;
  return new Promise((resolve, reject) => {
    const asked = request(url, options, response => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', chunk => {
        text += chunk;
      });
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.once('error', reject);
    });
    asked.once('error', reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
