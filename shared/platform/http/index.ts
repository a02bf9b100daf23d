export {
  ACCESS_COOKIE,
  assertCsrf,
  cookieOf,
  makeCsrfToken,
  REFRESH_COOKIE,
  sessionCookies,
} from './cookies.ts';
export {
  type Access,
  type ApiReply,
  type ApiRequest,
  defineEndpoint,
  type Endpoint,
  fullPath,
  type Method,
  type ReplyCookie,
} from './endpoint.ts';
export { httpFault } from './faults.ts';
export { fieldErrorsOf } from './field-errors.ts';
export { FixedText } from './fixed-text.ts';
export { type DescribedApi, openApiDocument } from './openapi.ts';
export { answer, type PipelineTools, type RequestLog } from './pipeline.ts';
export type { FieldWordings, Wording, Wordings } from './problem.ts';
export type { WireReply } from './render-reply.ts';
export { accepted, content, created, ok, seeOther } from './reply.ts';
export { endpointRouter, type Router } from './router.ts';
export { DayText, wholeNumber } from './typed.ts';
export type { WireRequest } from './wire.ts';
