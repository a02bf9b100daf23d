import { app } from '@azure/functions';
import {
  answer,
  endpointRouter,
  type PipelineTools,
  type RequestLog,
} from '../shared/platform/http/index.ts';
import { compose } from './compose.ts';
import { log } from './log.ts';
import { readSettings } from './settings.ts';
import { toResponse, toWire } from './wire.ts';

const settings = readSettings('api', process.env);
const { app: product, platform } = compose(settings, import.meta.dirname);

const tools: PipelineTools = {
  platform,
  router: endpointRouter(product.endpoints),
  kinds: product.kinds,
  permissions: product.permissions,
  personal: product.personal,
  wordings: product.wordings,
  fieldWordings: product.fieldWordings,
  limiter: platform.limiter,
  limitFactor: settings.RATE_LIMIT_FACTOR,
  log: logRequest,
  diagnosticHeaders: settings.DIAGNOSTIC_HEADERS,
};

/** What stands behind a 5xx is logged whole; the host has a line for every request. */
function logRequest({ failure, ...entry }: RequestLog): void {
  if (failure !== undefined) log('error', 'request failed', { ...entry, error: failure });
}

// One function for every route: the host would pick among overlapping ones by the alphabet
// (Azure/azure-functions-host#9876). Who may call is decided per endpoint.
app.http('api', {
  route: '{*path}',
  methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
  authLevel: 'anonymous',
  handler: async request => toResponse(await answer(tools, toWire(request, settings.FRONT_DOOR_ID))),
});
