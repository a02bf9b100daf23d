import * as z from 'zod';
import { type Caller, may, type PermissionTable, secondsAfter, timestamp } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import {
  ERASE_PERSON_JOB,
  EXPORT_JOB,
  exportName,
  PrivacyRequest,
  type PrivacyRequestData,
  privacyFault,
  privacyRequestKind,
  ROTATE_JOB,
} from '../data-subjects/index.ts';
import { type ApiReply, created, defineEndpoint, httpFault, ok, seeOther } from '../http/index.ts';
import { userKind } from '../identity/index.ts';
import { askForJob, JobView } from '../jobs/index.ts';
import { newRecordId, type RecordKind, recordFault, type Saved } from '../records/index.ts';
import { proseText } from '../texts/index.ts';
import { commitOneJob } from './commit-one-job.ts';
import { defineList } from './define-list.ts';
import { anyOf } from './list-filters.ts';
import { Id, itemParams } from './lists.ts';

export const privacyPermissions: PermissionTable = {
  'platform.privacy:read': ['tenant-owner', 'administrator'],
  'platform.privacy:export': ['tenant-owner', 'administrator'],
  'platform.privacy:erase': ['tenant-owner'],
  'platform.privacy:rotate_keys': ['tenant-owner'],
};

/** What nobody does in somebody's place. */
export const privacyPersonal: readonly string[] = [
  'platform.privacy:export',
  'platform.privacy:erase',
  'platform.privacy:rotate_keys',
];

const EXPORT = 'platform.privacy:export';
const ERASE = 'platform.privacy:erase';

const RequestView = PrivacyRequest.extend({ id: z.string(), version: z.int() });
const Reason = proseText(500);
const ONE_MONTH_SECONDS = 30 * 24 * 60 * 60;
/** A link is good for an hour, and no longer than the file. */
const LINK_SECONDS = 60 * 60;

function requestView(request: Saved<PrivacyRequestData>): z.infer<typeof RequestView> {
  return { id: request.id, version: request.version, ...request.data };
}

type Wish = Pick<PrivacyRequestData, 'type' | 'person' | 'reason'>;

async function ask(
  platform: Capabilities,
  caller: Caller,
  newKey: () => string,
  wish: Wish,
): Promise<ApiReply> {
  const now = platform.now();
  const id = newRecordId(privacyRequestKind as RecordKind, newKey());
  const name = wish.type === 'erasure' ? ERASE_PERSON_JOB : EXPORT_JOB;
  const job = askForJob(caller, newKey(), now, { name, queue: 'jobs', subject: id, scope: 'privacy' });
  const data: PrivacyRequestData = {
    ...wish,
    askedAt: timestamp(now),
    dueAt: timestamp(secondsAfter(now, ONE_MONTH_SECONDS)),
    state: 'asked',
    jobId: job.id,
    file: null,
    report: null,
  };
  const answer = (saved: ReadonlyMap<string, Saved<unknown>>): ApiReply =>
    created(
      `/api/v1/privacy-requests/${id}`,
      requestView(saved.get(id) as Saved<PrivacyRequestData>),
      saved.get(id),
    );
  const { reply, saved } = await platform.records
    .for(caller)
    .scope('privacy')
    .commit({
      action: `platform.privacy.${wish.type}_asked`,
      reason: wish.reason,
      create: [{ kind: privacyRequestKind as RecordKind, id, data }, job.create],
      jobs: [job.call],
      reply: answer,
    });
  return reply ?? answer(saved);
}

/** Whoever can still log in is somebody we deal with; nobody is locked out by the way. */
async function assertErasable(platform: Capabilities, caller: Caller, person: string): Promise<void> {
  const records = platform.records.for(caller);
  const user = await records.find(userKind, person);
  if (user?.data.status === 'active') throw privacyFault('platform.person_active', { person });
}

async function assertKnown(platform: Capabilities, caller: Caller, person: string): Promise<void> {
  if (!(await platform.records.for(caller).knows(person)))
    throw privacyFault('platform.person_unknown', { person });
}

const NewRequest = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('export'), person: Id.optional(), reason: Reason }),
  z.strictObject({ type: z.literal('erasure'), person: Id, reason: Reason }),
]);

const askForRequest = defineEndpoint({
  id: 'platform.privacy.request',
  method: 'POST',
  path: '/privacy-requests',
  access: { permission: EXPORT, or: [ERASE] },
  summary:
    'Asks for everything about a person, or of the whole tenant when none is named, as one file of JSON lines (gzip) that can be fetched for a day; or for the erasure of a person: a user, a contact, a customer. What law keeps stays (signatures, certificates), and so does what is not sealed (the name and address of a customer); the report says what. What an export to one person says of others is withheld. Exporting takes the permission to export, erasing the permission to erase.',
  body: NewRequest,
  creates: privacyRequestKind as RecordKind,
  stepUp: true,
  example: {
    body: {
      type: 'erasure',
      person: 'con_01kapx0000000000000000000a',
      reason: 'Asked for by letter of 3 May.',
    },
  },
  replies: { 201: { description: 'Asked for; `jobId` is the job that does it.', schema: RequestView } },
  faults: ['platform.person_unknown', 'platform.person_active', 'platform.permission_missing'],
  handle: async ({ caller, body, newKey }, platform) => {
    const { type, person, reason } = body;
    const permission = type === 'erasure' ? ERASE : EXPORT;
    if (!may(caller, permission)) throw httpFault('platform.permission_missing', { permission });
    if (person !== undefined) await assertKnown(platform, caller, person);
    if (type === 'erasure') await assertErasable(platform, caller, person);
    return ask(platform, caller, newKey, { type, person: person ?? null, reason });
  },
});

const readRequest = defineEndpoint({
  id: 'platform.privacy.read',
  method: 'GET',
  path: '/privacy-requests/:id',
  access: { permission: privacyRequestKind.readPermission },
  summary: 'A request to export or to erase, and what came of it.',
  params: itemParams,
  replies: { 200: { description: 'The request.', schema: RequestView } },
  handle: async ({ caller, params }, platform) => {
    const request = await platform.records.for(caller).get(privacyRequestKind, params.id);
    return ok(requestView(request), request);
  },
});

const listRequests = defineList({
  id: 'platform.privacy.list',
  path: '/privacy-requests',
  summary: 'Requests to export or to erase, newest first.',
  kind: privacyRequestKind,
  filters: {
    type: anyOf(PrivacyRequest.shape.type),
    state: anyOf(PrivacyRequest.shape.state),
    person: anyOf(Id),
  },
  view: RequestView,
  show: requestView,
});

const fetchFile = defineEndpoint({
  id: 'platform.privacy.file',
  method: 'GET',
  path: '/privacy-requests/:id/file',
  access: { permission: 'platform.privacy:export' },
  summary:
    'Leads to the file of an export, by a link that is good for an hour. That it was fetched is audited.',
  params: itemParams,
  stepUp: true,
  replies: { 303: { description: 'There it is.' } },
  faults: ['platform.export_over'],
  handle: async ({ caller, params }, platform) => {
    const scope = platform.records.for(caller).scopeOf(privacyRequestKind as RecordKind, params.id);
    const { id, data } = await scope.get(privacyRequestKind, params.id);
    if (data.type !== 'export' || data.file === null) throw recordFault('platform.not_found', { id });
    const now = platform.now();
    const last = Math.min(Date.parse(data.file.expiresAt), now.getTime() + LINK_SECONDS * 1000);
    const link =
      last <= now.getTime()
        ? undefined
        : await platform.exports.link(exportName(caller.tenant, id), `${id}.ndjson.gz`, now, new Date(last));
    if (link === undefined) throw privacyFault('platform.export_over', { id });
    await scope.commit({ action: 'platform.privacy.export_fetched', reason: id, events: [] });
    return seeOther(link);
  },
});

const rotateKeys = defineEndpoint({
  id: 'platform.privacy.rotate_keys',
  method: 'POST',
  path: '/key-rotations',
  access: { permission: 'platform.privacy:rotate_keys' },
  summary:
    'Renews the keys of the tenant, as a job, while it is served. It ends when no instance can have the old key in memory. Whoever asks while one is under way is answered with that one.',
  stepUp: true,
  replies: { 202: { description: 'Asked for.', schema: JobView } },
  faults: ['platform.plan_limit_reached'],
  handle: (request, platform) => {
    const wanted = { name: ROTATE_JOB, subject: request.caller.tenant, scope: 'privacy' };
    return commitOneJob(platform, request, 'platform.privacy.key_rotation_asked', wanted);
  },
});

export const privacyEndpoints = [askForRequest, rotateKeys, listRequests, readRequest, fetchFile];
