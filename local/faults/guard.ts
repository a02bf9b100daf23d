import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { answering } from '../http.ts';
import { type Control, withControl } from './control.ts';
import type { Faults, Occasion } from './faults.ts';
import type { RuleOf } from './rule.ts';
import type { FaultServer } from './vocabulary.ts';

/** A refusal in the words of the service that the server stands for. */
export type HttpRefusal = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type GuardOptions<Server extends FaultServer> = Control & {
  /** What a request is about to do; undefined for what no rule may strike. */
  readonly describe: (request: IncomingMessage) => Occasion<Server> | undefined;
  readonly refuse: (rule: RuleOf<'status'>, request: IncomingMessage) => HttpRefusal;
};

/** The header by which most services tell when to come again; Azure counts whole seconds. */
export function retryAfterSeconds({ retryAfterMs }: RuleOf<'status'>): Record<string, string> {
  return retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) };
}

/**
 * Puts the faults of an HTTP server before its listener: answers the control interface, and lets a request wait, be
 * refused, or lose its connection before the listener has seen it or after the listener has done its work.
 */
export function guard<Server extends FaultServer>(
  faults: Faults<Server>,
  options: GuardOptions<Server>,
  listener: (request: IncomingMessage, response: ServerResponse) => unknown,
): RequestListener {
  return withControl(faults, options, (request, response) => {
    const occasion = faults.isQuiet ? undefined : options.describe(request);
    if (occasion === undefined) return listener(request, response);
    const { delayMs, effect } = faults.strike(occasion);
    const go = (): unknown => {
      if (response.destroyed) return undefined;
      if (effect?.effect === 'status') return refuse(options.refuse(effect, request), request, response);
      if (effect?.effect === 'reset' && effect.at === 'before') return request.socket.destroy();
      if (effect?.effect === 'reset') swallow(request, response);
      return listener(request, response);
    };
    if (delayMs === 0) return go();
    return void setTimeout(answering(faults.server, go), delayMs, request, response);
  });
}

function refuse(
  { status, headers, body }: HttpRefusal,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  // A client that still sends its body would not read the answer.
  request.resume();
  const usual = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
  response.writeHead(status, { ...usual, ...headers }).end(request.method === 'HEAD' ? undefined : body);
}

/** The answer is lost: nothing of it is sent, and the connection ends with it. */
function swallow({ socket }: IncomingMessage, response: ServerResponse): void {
  response.writeHead = () => response;
  response.flushHeaders = () => undefined;
  response.write = (_chunk: unknown, ...rest: unknown[]) => {
    const done = rest.findLast(one => typeof one === 'function');
    if (done !== undefined) setImmediate(() => done());
    return true;
  };
  response.end = (() => {
    socket.destroy();
    return response;
  }) as ServerResponse['end'];
}
