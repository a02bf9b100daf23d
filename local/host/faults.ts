import type { IncomingMessage, RequestListener } from 'node:http';
import { Faults } from '../faults/faults.ts';
import { guard, type HttpRefusal, retryAfterSeconds } from '../faults/guard.ts';
import type { RuleOf } from '../faults/rule.ts';
import type { FunctionApp } from './functions-core.ts';
import type { HttpTarget } from './http-routes.ts';
import type { Router } from './router.ts';

/** The faults of a host, whose entities are its functions. */
export function faultsOf(app: FunctionApp): Faults<'host'> {
  const names = new Set([...app.functions.values()].map(({ metadata }) => metadata.name));
  return new Faults('host', { knowsEntity: name => names.has(name) });
}

/** Puts the faults of a host before its listener for HTTP; `match` looks at the path. */
export function guardHttp(
  faults: Faults<'host'>,
  token: string | undefined,
  router: Router<HttpTarget>,
  listener: RequestListener,
): RequestListener {
  const describe = ({ method = 'GET', url = '/' }: IncomingMessage) => {
    const entity = router(method, url.split('?', 1)[0] ?? '')?.target.registered.metadata.name;
    return { operation: 'http', entity, target: url } as const;
  };
  return guard(faults, { token, describe, refuse }, listener);
}

/** A status that a rule asked for, as the front end in front of the host answers: without a problem document. */
function refuse(rule: RuleOf<'status'>): HttpRefusal {
  const body = rule.status === 503 ? 'The service is unavailable.' : '';
  return { status: rule.status, headers: { 'content-type': 'text/html', ...retryAfterSeconds(rule) }, body };
}
