import * as z from 'zod';
import { type Caller, may, openings, timestamp } from '../../kernel/index.ts';
import { regardlessOfBranches } from '../../platform/access/index.ts';
import { reauthenticate } from '../../platform/accounts/index.ts';
import type { Capabilities } from '../../platform/capabilities/index.ts';
import { itemParams, signingProof } from '../../platform/endpoints/index.ts';
import { type ApiReply, defineEndpoint, httpFault, ok } from '../../platform/http/index.ts';
import { userKind } from '../../platform/identity/index.ts';
import { recordFault, type Saved, type TenantRecords } from '../../platform/records/index.ts';
import { type Agreement, readAgreement, readIdentity } from './agreement.ts';
import { calibrationFault } from './faults.ts';
import { withdrawCertificate } from './issue-certificate.ts';
import { localDay, tenantOf } from './local-day.ts';
import { type HeldNumber, holdNumber, settleNumber } from './numbers.ts';
import { onFreshState } from './on-fresh-state.ts';
import { DayText, DecisionRuleField, LongText, RecordId } from './schema.ts';
import { type SrfData, SrfState, SrfView, srfKind } from './srf.ts';
import { type LoadedSrf, loadSrf } from './srf-context.ts';
import { srfView } from './srf-view.ts';
import { applyTransition, checkTransition, type TransitionInput } from './take-transition.ts';
import { isSigning, type SrfAction, srfActions, srfWorkflow } from './workflow.ts';

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
    const { srf, context } = await loadSrf(platform, caller, params.id);
    const { state } = srf.data;
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
  secretFields: ['password', 'code'],
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
    const records = platform.records.for(caller);
    // Once for the request, however often it is decided: a code is good for one use.
    let proving: Promise<void> | undefined;
    const prove = (): Promise<void> => {
      proving ??= reauthenticate(platform, caller, body);
      return proving;
    };
    return onFreshState(
      async () => {
        const loaded = await loadSrf(platform, caller, params.id, body.assignTo);
        if (loaded.srf.version !== ifMatch)
          throw recordFault('platform.version_stale', { version: loaded.srf.version });
        return loaded;
      },
      loaded => take(platform, caller, records, loaded, body, prove),
    );
  },
});

async function take(
  platform: Capabilities,
  caller: Caller,
  records: TenantRecords,
  loaded: LoadedSrf,
  body: TransitionBody,
  prove: () => Promise<void>,
): Promise<ApiReply> {
  const { srf, context } = loaded;
  const to = checkTransition(context, body.action, body.reason, permission => may(caller, permission));
  if (isSigning(body.action)) await prove();
  const held = body.action === 'submit' ? await numberFor(platform, caller, srf) : undefined;
  const input = await inputOf(platform, caller, records, loaded, body);
  const data = applyTransition(context, body.action, to, { ...input, number: held?.number });
  const withdrawn = body.action === 'reopen' ? loaded.stuck : [];
  const { saved, reply } = await records.scope(srf.id).commit({
    action: `calibration.srf.${data.state === srf.data.state ? body.action : data.state}`,
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
        data: { srfId: srf.id, number: data.number, action: body.action, from: srf.data.state, to },
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

/** Reads what the transition's effects need: who signs, who is assigned, what is agreed. */
async function inputOf(
  platform: Capabilities,
  caller: Caller,
  records: TenantRecords,
  loaded: LoadedSrf,
  body: TransitionBody,
): Promise<TransitionInput> {
  const [signer, assignTo, agreement] = await Promise.all([
    records.find(userKind, caller.user),
    body.assignTo === undefined ? undefined : assignee(platform, caller, body.assignTo),
    agreementOf(records, loaded.srf.data, body.action),
  ]);
  const { reason, conditionOnReceipt, decisionRule } = body;
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

async function assignee(
  platform: Capabilities,
  caller: Caller,
  id: string,
): Promise<{ user: string; name: string }> {
  const user = await platform.records.for(regardlessOfBranches(caller)).find(userKind, id);
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
