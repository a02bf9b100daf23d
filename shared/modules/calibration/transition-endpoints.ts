import * as z from 'zod';
import { type Caller, may, openings, timestamp } from '../../kernel/index.ts';
import { regardlessOfBranches } from '../../platform/access/index.ts';
import { credentialOfSigner, reauthenticate } from '../../platform/accounts/index.ts';
import type { Capabilities } from '../../platform/capabilities/index.ts';
import { itemParams, signingProof } from '../../platform/endpoints/index.ts';
import { type ApiReply, defineEndpoint, httpFault, ok } from '../../platform/http/index.ts';
import { type UserData, userKind } from '../../platform/identity/index.ts';
import { onFresh, recordFault, type Saved, type TenantRecords } from '../../platform/records/index.ts';
import { type Agreement, readAgreement, readIdentity } from './agreement.ts';
import { calibrationFault } from './faults.ts';
import { type SrfContext, standardsValid } from './guards.ts';
import { withdrawCertificate } from './issue-certificate.ts';
import { localDay, tenantOf } from './local-day.ts';
import { type HeldNumber, holdNumber, settleNumber, whenNumberLost } from './numbers.ts';
import { DayText, DecisionRuleField, LongText, RecordId } from './schema.ts';
import { type SrfData, SrfState, SrfView, srfKind } from './srf.ts';
import { type LoadedSrf, loadSrf, standardsNow } from './srf-context.ts';
import { srfView } from './srf-view.ts';
import { applyTransition, checkTransition, type TransitionInput } from './take-transition.ts';
import { isSigning, type SrfAction, srfActions, srfWorkflow, wayOut } from './workflow.ts';

const TransitionBody = z.strictObject({
  action: z.enum(srfActions),
  /** Needed to hold, return, reopen, decline and cancel. */
  reason: LongText.optional(),
  /** The signer's own, for `complete`, `sign_review` and `approve`: each of them is a signature. */
  ...signingProof,
  /** A user's id; for `assign` and `start`. */
  assignTo: RecordId.optional(),
  /** For `receive`: today unless given. */
  receivedAt: DayText.optional(),
  conditionOnReceipt: LongText.optional(),
  /** For `accept`: what was agreed with the customer, where it differs from the request. */
  decisionRule: DecisionRuleField.optional(),
});
type TransitionBody = z.infer<typeof TransitionBody>;

const OpeningView = z.strictObject({
  action: z.enum(srfActions),
  to: SrfState,
  open: z.boolean(),
  needsReason: z.boolean(),
  refusals: z.array(z.strictObject({ code: z.string(), data: z.record(z.string(), z.unknown()) })),
});

const listTransitions = defineEndpoint({
  id: 'calibration.srf.transitions',
  method: 'GET',
  path: '/srfs/:id/transitions',
  access: { permission: srfKind.readPermission },
  summary: 'What can be done with the request now, and what stands against the rest.',
  params: itemParams,
  replies: {
    200: {
      description: 'Every way out of the present state.',
      schema: z.strictObject({ state: SrfState, items: z.array(OpeningView) }),
    },
  },
  handle: async ({ caller, params }, platform) => {
    const loaded = await loadSrf(platform, caller, params.id);
    const { srf } = loaded;
    const { state } = srf.data;
    const context = {
      ...loaded.context,
      standards: await standardsNow(platform.records.for(caller), loaded),
    };
    const items = openings(srfWorkflow, state, context, permission => may(caller, permission));
    return ok({ state, items }, srf);
  },
});

const takeTransition = defineEndpoint({
  id: 'calibration.srf.transition',
  method: 'POST',
  path: '/srfs/:id/transitions',
  access: { permission: 'calibration.srf:act' },
  summary: 'Takes the request to its next state. Each action needs a permission of its own.',
  params: itemParams,
  body: TransitionBody,
  ifMatch: true,
  proofFields: ['password', 'code'],
  example: { body: { action: 'submit' } },
  replies: { 200: { description: 'Taken.', schema: SrfView } },
  faults: [
    'calibration.transition_not_open',
    'calibration.reason_missing',
    'calibration.inactive',
    'calibration.items_missing',
    'calibration.technician_missing',
    'calibration.assignee_unknown',
    'calibration.points_not_observed',
    'calibration.standard_expired',
    'calibration.separation_of_duties',
    'calibration.changed_since_signed',
    'calibration.certificate_under_way',
    'calibration.certificate_issued',
    'platform.signature_incomplete',
    'platform.signature_refused',
    'platform.signature_by_person',
    'platform.reference_gone',
  ],
  handle: async ({ caller, params, body, ifMatch }, platform) => {
    const prove = isSigning(body.action) ? proofOf(platform, caller, body) : undefined;
    return onFresh(
      async () => {
        const [loaded, people] = await Promise.all([
          loadSrf(platform, caller, params.id, body.assignTo),
          readPeople(platform, caller, body),
        ]);
        if (loaded.srf.version !== ifMatch)
          throw recordFault('platform.version_stale', { version: loaded.srf.version });
        return { loaded, people };
      },
      ({ loaded, people }) => take(platform, caller, loaded, people, body, prove),
      whenNumberLost,
    );
  },
});

/** Whom a transition names: who signs it, and to whom it gives the work. */
type People = {
  readonly signer: Saved<UserData> | undefined;
  readonly assignee: Saved<UserData> | undefined;
};

async function readPeople(platform: Capabilities, caller: Caller, body: TransitionBody): Promise<People> {
  const { action, assignTo } = body;
  const [signer, assignee] = await Promise.all([
    isSigning(action) ? platform.records.for(caller).find(userKind, caller.user) : undefined,
    assignTo === undefined
      ? undefined
      : platform.records.for(regardlessOfBranches(caller)).find(userKind, assignTo),
  ]);
  return { signer, assignee };
}

/**
 * Proves who signs: once for the request, however often it is decided, since a code is good for one use. What it is judged by is read
 * at once, the rest happens when it is asked for.
 */
function proofOf(platform: Capabilities, caller: Caller, body: TransitionBody): () => Promise<void> {
  const credential = credentialOfSigner(platform, caller);
  // Told to whoever asks for the proof.
  credential.catch(() => undefined);
  let proving: Promise<void> | undefined;
  return () => {
    proving ??= credential.then(first => reauthenticate(platform, caller, body, first));
    return proving;
  };
}

/**
 * Where a transition leads, with what it freezes. All that can be told without the standards as they are now is checked first: they are
 * read side by side with what is frozen, and with the signer's proof, which is written before the signature.
 */
async function decide(
  caller: Caller,
  records: TenantRecords,
  loaded: LoadedSrf,
  { action, reason }: TransitionBody,
  prove: (() => Promise<void>) | undefined,
): Promise<{ readonly to: SrfState; readonly agreement: Agreement | undefined }> {
  const { srf, context } = loaded;
  const check = (standards: SrfContext['standards']): SrfState =>
    checkTransition({ ...context, standards }, action, reason, permission => may(caller, permission));
  const way = wayOut(srf.data.state, action);
  // Where there is none, the refusal names what is open instead.
  check(way === undefined ? await standardsNow(records, loaded) : context.standards);
  const isAwaited = way?.guards?.includes(standardsValid) === true;
  const [looked, proof] = await Promise.allSettled([
    Promise.all([
      isAwaited ? standardsNow(records, loaded) : context.standards,
      agreementOf(records, srf.data, action),
    ]),
    prove?.(),
  ]);
  if (looked.status === 'rejected') throw looked.reason;
  const [standards, agreement] = looked.value;
  const to = check(standards);
  if (proof.status === 'rejected') throw proof.reason;
  return { to, agreement };
}

async function take(
  platform: Capabilities,
  caller: Caller,
  loaded: LoadedSrf,
  people: People,
  body: TransitionBody,
  prove: (() => Promise<void>) | undefined,
): Promise<ApiReply> {
  const { srf, context } = loaded;
  const { action } = body;
  const records = platform.records.for(caller);
  const { to, agreement } = await decide(caller, records, loaded, body, prove);
  const held = action === 'submit' ? await numberFor(platform, caller, srf) : undefined;
  const input = inputOf(platform, caller, loaded, people, body, agreement);
  const data = applyTransition(context, action, to, { ...input, number: held?.number });
  const withdrawn = action === 'reopen' ? loaded.stuck : [];
  const { saved, reply } = await records.scope(srf.id).commit({
    action: `calibration.srf.${data.state === srf.data.state ? action : data.state}`,
    reason: body.reason,
    update: [
      { record: srf, data },
      ...withdrawn.map(record => ({
        record,
        data: withdrawCertificate(record.data, input.at, body.reason ?? ''),
      })),
    ],
    claims: held === undefined ? [] : [held.claim],
    events: [
      {
        type: 'calibration.srf.moved',
        data: { srfId: srf.id, number: data.number, action, from: srf.data.state, to },
      },
      ...withdrawn.map(({ id: certificateId, data: { number, itemId } }) => ({
        type: 'calibration.certificate.withdrawn',
        data: { certificateId, number, srfId: srf.id, itemId },
      })),
    ],
    reply: committed => {
      const after = committed.get(srf.id) as Saved<SrfData>;
      return ok(srfView(after), after);
    },
  });
  if (held !== undefined) await settleNumber(platform, caller, held);
  const after = saved.get(srf.id) as Saved<SrfData>;
  return reply ?? ok(srfView(after), after);
}

async function numberFor(platform: Capabilities, caller: Caller, srf: Saved<SrfData>): Promise<HeldNumber> {
  const { timeZone } = await tenantOf(platform, caller);
  const year = localDay(platform.now(), timeZone).slice(0, 4);
  return holdNumber(platform, caller, 'srf', year, { id: srf.id, scope: srf.scope });
}

/** What the transition's effects need: who signs, who is assigned, what is agreed. */
function inputOf(
  platform: Capabilities,
  caller: Caller,
  loaded: LoadedSrf,
  { signer, assignee }: People,
  body: TransitionBody,
  agreement: Agreement | undefined,
): TransitionInput {
  const { reason, conditionOnReceipt, decisionRule } = body;
  const assignTo = body.assignTo === undefined ? undefined : assigned(body.assignTo, assignee);
  const now = platform.now();
  const receivedAt = receiptOf(body, localDay(now, loaded.context.timeZone));
  return {
    at: timestamp(now),
    person: { user: caller.user, name: caller.name, position: signer?.data.title ?? null },
    ...{ reason, receivedAt, conditionOnReceipt, decisionRule, assignTo, agreement },
  };
}

/** The day of receipt, today unless it is named. Nothing could be observed before a day that is still to come. */
function receiptOf({ receivedAt }: TransitionBody, today: string): string {
  if (receivedAt === undefined || receivedAt <= today) return receivedAt ?? today;
  throw httpFault('platform.input_invalid', {
    errors: [{ pointer: '#/receivedAt', code: 'after_today', data: { today } }],
  });
}

function assigned(id: string, user: Saved<UserData> | undefined): { user: string; name: string } {
  if (user?.data.status !== 'active') throw calibrationFault('calibration.assignee_unknown', { id });
  return { user: id, name: user.data.name };
}

async function agreementOf(
  records: TenantRecords,
  srf: SrfData,
  action: SrfAction,
): Promise<Agreement | undefined> {
  if (action === 'accept') return readAgreement(records, srf);
  return action === 'complete' ? readIdentity(records, srf) : undefined;
}

export const transitionRoutes = [listTransitions, takeTransition];
