import type { ZodType } from 'zod';
import type { Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import type { LimitName } from '../limits/index.ts';
import type { RecordKind, StoredReply } from '../records/index.ts';
import type { Feature } from '../tenancy/index.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * Who may call: somebody with a permission; anybody on a tenant's host (`public`); anybody, without a tenant
 * (`platform`); an operator on the platform's own host (`operator`). There is no endpoint without one. `or`: any of these opens it,
 * too; then the handler looks which of them what is asked for takes.
 */
export type Access =
  | { readonly permission: string; readonly or?: readonly string[] }
  | 'public'
  | 'platform'
  | 'operator';

/** A reply that an endpoint may give: its meaning and the shape of its body. */
export type ReplyShape = {
  readonly description: string;
  readonly schema?: ZodType;
  readonly mediaType?: string;
  /** For the documentation; one that the schema allows is made where none is given. */
  readonly example?: unknown;
};

/** Days as `2026-11-25`; `successor` is a path of this API. */
export type Deprecation = { readonly since: string; readonly sunset: string; readonly successor?: string };

export type Nothing = Readonly<Record<string, never>>;

/** What a handler gets: parsed input, who asks, and ids that a repeated request meets again. */
export type ApiRequest<P = Nothing, Q = Nothing, B = undefined> = {
  readonly caller: Caller;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** The version that `If-Match` names; given wherever the endpoint says `ifMatch`. */
  readonly ifMatch: number;
  readonly header: (name: string) => string | undefined;
  readonly url: URL;
  /** The host that was asked, without a port. */
  readonly host: string;
  /** A key for a new id. Under an Idempotency-Key the same request gets the same keys. */
  readonly newKey: () => string;
};

export type ApiReply = Omit<StoredReply, 'body'> & {
  readonly body: unknown;
  readonly cookies?: readonly ReplyCookie[];
};

/** A cookie that is always `Secure`, and `SameSite=Strict` unless it must come back from another site. */
export type ReplyCookie = {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  /** 0 takes it away. */
  readonly maxAgeSeconds: number;
  readonly httpOnly: boolean;
  readonly sameSite?: 'Lax';
};

/** One operation of the API, as data: route, access, shapes, documentation and what it does. */
export type Endpoint<P = unknown, Q = unknown, B = unknown> = {
  readonly id: string;
  readonly method: Method;
  /** After `/api/v1` unless it begins elsewhere: `/srfs/:id`. */
  readonly path: string;
  readonly access: Access;
  readonly summary: string;
  readonly params?: ZodType<P>;
  readonly query?: ZodType<Q>;
  readonly body?: ZodType<B>;
  /** JSON unless said otherwise: pages and OAuth send forms. */
  readonly takes?: 'json' | 'form';
  /** Refusals carry the members of RFC 6749 section 5.2, too. */
  readonly refusesAs?: 'oauth';
  readonly replies: Readonly<Record<number, ReplyShape>>;
  /** A valid request, for the documentation and for the tests that walk the table. */
  readonly example?: { readonly query?: unknown; readonly body?: unknown };
  /** The request changes a record that the client has read: `If-Match` is required. */
  readonly ifMatch?: boolean;
  /**
   * Whoever asks must have proved who they are within the last ten minutes (RFC 9470): always, so that no machine can; if
   * they are a person; or if they are one and the body asks for what is sensitive.
   */
  readonly stepUp?: true | 'people' | ((body: B) => boolean);
  /** The reply shows a secret, so it is not kept for a repeated request; asking again must do no harm. */
  readonly repliesSecret?: boolean;
  /** Served on the operators' own host, too. */
  readonly alsoForOperators?: boolean;
  /** Served on the operators' own host and on no tenant's. */
  readonly onPlatformHost?: boolean;
  /** The kind of record that a creating POST makes; its id derives from the Idempotency-Key. */
  readonly creates?: RecordKind;
  /** The kind that a list is of: whoever may not read all of it sees what was shared with them. */
  readonly lists?: RecordKind;
  /** Fields of the body that prove who asks, and are no part of what is asked: another proof makes no other request. */
  readonly proofFields?: readonly string[];
  /** Secret fields of the body that are part of what is asked. Requests are told apart by their mark under the tenant's key alone. */
  readonly secretFields?: readonly string[];
  /** A quota of its own, beside those of the user and the tenant; for strangers, instead of `anonymous`. `none` is for probes alone. */
  readonly limit?: LimitName | 'none';
  /** Only tenants whose plan has it are served; set for all endpoints of a module at once. */
  readonly feature?: Feature;
  /** Still answered, and to be left: since when, until when, and what takes its place. */
  readonly deprecated?: Deprecation;
  /** Concerns the tenant as a whole: closed to whoever is limited to branches. */
  readonly wholeTenant?: boolean;
  /** Served for a suspended tenant, too. */
  readonly whileSuspended?: boolean;
  /** Answers while everything else is closed for maintenance. */
  readonly whileClosed?: boolean;
  /** The fault codes that are this operation's own. */
  readonly faults?: readonly string[];
  handle(request: ApiRequest<P, Q, B>, platform: Capabilities): Promise<ApiReply>;
};

/** Declares an endpoint; types of input follow from its schemas. */
export function defineEndpoint<P = Nothing, Q = Nothing, B = undefined>(
  endpoint: Endpoint<P, Q, B>,
): Endpoint {
  return endpoint as unknown as Endpoint; // the pipeline parses input by the same schemas before it calls `handle`
}

/** The full path of an endpoint on a tenant's host. */
export function fullPath(endpoint: Pick<Endpoint, 'path' | 'access'>): string {
  return endpoint.path.startsWith('//') ? endpoint.path.slice(1) : `/api/v1${endpoint.path}`;
}
