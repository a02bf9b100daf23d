import type { Saved } from '../records/index.ts';
import type { ApiReply } from './endpoint.ts';
import type { FixedText } from './fixed-text.ts';

/** 200 with a body; with the record's version as ETag when one is given. */
export function ok(body: unknown, record?: Pick<Saved<unknown>, 'version'>): ApiReply {
  return { status: 200, headers: record === undefined ? {} : { etag: etagOf(record) }, body };
}

/** 201 with where the new thing is, its ETag and itself. */
export function created(location: string, body: unknown, record?: Pick<Saved<unknown>, 'version'>): ApiReply {
  return {
    status: 201,
    headers: { location, ...(record === undefined ? {} : { etag: etagOf(record) }) },
    body,
  };
}

/** 202 with where the job can be watched. */
export function accepted(jobId: string, body: unknown): ApiReply {
  return { status: 202, headers: { location: `/api/v1/jobs/${jobId}`, 'retry-after': '1' }, body };
}

/** Bytes or text that are not JSON. */
export function content(
  mediaType: string,
  body: Uint8Array | string | FixedText,
  headers: Readonly<Record<string, string>> = {},
): ApiReply {
  return { status: 200, headers: { 'content-type': mediaType, ...headers }, body };
}

/** 303: the answer to a form is at another address. */
export function seeOther(location: string): ApiReply {
  return { status: 303, headers: { location }, body: undefined };
}

/** A strong ETag: the record's version. */
export function etagOf(record: Pick<Saved<unknown>, 'version'>): string {
  return `"${record.version}"`;
}
