import { attempt, openings, type Refusal } from '../../kernel/index.ts';
import { httpFault } from '../../platform/http/index.ts';
import type { Agreement } from './agreement.ts';
import { calibrationFault, isCalibrationFault } from './faults.ts';
import type { SrfContext } from './guards.ts';
import type { Stamp } from './schema.ts';
import { signedHash } from './signed-content.ts';
import type { SrfData, SrfState } from './srf.ts';
import { stampOf } from './stamp.ts';
import { type SrfAction, srfWorkflow } from './workflow.ts';

/** What a transition brings along beside its name. */
export type TransitionInput = {
  readonly at: string;
  readonly person: { readonly user: string; readonly name: string; readonly position: string | null };
  readonly reason?: string | undefined;
  readonly assignTo?: { readonly user: string; readonly name: string } | undefined;
  /** The day of receipt, for `receive`. */
  readonly receivedAt: string;
  readonly conditionOnReceipt?: string | undefined;
  readonly decisionRule?: SrfData['decisionRule'] | undefined;
  /** At acceptance all of it, at completion with identities as they are then. */
  readonly agreement?: Agreement | undefined;
  /** At submission. */
  readonly number?: string | undefined;
};

/**
 * Where an action leads from the present state. Throws `transition_not_open` with what is open instead,
 * `reason_missing`, or the first refusal of permission or guards.
 */
export function checkTransition(
  context: SrfContext,
  action: SrfAction,
  reason: string | undefined,
  holds: (permission: string) => boolean,
): SrfState {
  const { state } = context.srf;
  const found = attempt(srfWorkflow, state, action, context, holds);
  if (found === undefined) {
    const open = openings(srfWorkflow, state, context, holds).flatMap(row => (row.open ? [row.action] : []));
    throw calibrationFault('calibration.transition_not_open', { action, state, open });
  }
  const [refusal] = found.refusals;
  if (refusal !== undefined) throw refusalError(refusal);
  if (found.needsReason && reason === undefined)
    throw calibrationFault('calibration.reason_missing', { action });
  return found.to;
}

function refusalError({ code, data }: Refusal): Error {
  if (code === 'platform.permission_missing') return httpFault(code, data);
  if (isCalibrationFault(code)) return calibrationFault(code, data);
  return new Error(`a guard refused with the unknown code ${code}`);
}

/** The request after a transition that was found to be open. A signature binds to the request as it stands then. */
export function applyTransition(
  { srf, observations }: Pick<SrfContext, 'srf' | 'observations'>,
  action: SrfAction,
  to: SrfState,
  input: TransitionInput,
): SrfData {
  const moved = { ...srf, state: to, heldFrom: null, ...effectsOf(srf, action, input) };
  return { ...moved, ...signaturesOf(moved, observations, action, input) };
}

const UNSIGNED = { performedBy: null, reviewedBy: null, approvedBy: null } as const;

function effectsOf(srf: SrfData, action: SrfAction, input: TransitionInput): Partial<SrfData> {
  switch (action) {
    case 'submit':
      return { number: input.number ?? srf.number };
    case 'receive':
      return {
        receivedAt: input.receivedAt,
        conditionOnReceipt: input.conditionOnReceipt ?? null,
      };
    case 'accept':
      return {
        decisionRule: input.decisionRule ?? srf.decisionRule,
        ...input.agreement,
      };
    case 'assign':
    case 'start':
      return { assignedTo: input.assignTo ?? srf.assignedTo };
    case 'hold':
      return { heldFrom: srf.state };
    case 'complete':
      return { ...UNSIGNED, ...input.agreement };
    case 'return':
    case 'reopen':
      // What is changed afterwards was not signed.
      return UNSIGNED;
    default:
      return {};
  }
}

type Signatures = Partial<Pick<SrfData, 'performedBy' | 'reviewedBy' | 'approvedBy'>>;

function signaturesOf(
  srf: SrfData,
  observations: SrfContext['observations'],
  action: SrfAction,
  input: TransitionInput,
): Signatures {
  const sign = (meaning: Stamp['meaning']): Stamp => stamp(input, signedHash(srf, observations), meaning);
  switch (action) {
    case 'complete':
      return { performedBy: sign('performed') };
    case 'sign_review':
      return { reviewedBy: sign('reviewed') };
    case 'approve':
      return { reviewedBy: srf.reviewedBy ?? sign('reviewed'), approvedBy: sign('authorised') };
    default:
      return {};
  }
}

function stamp(input: TransitionInput, signed: string, meaning: Stamp['meaning']): Stamp {
  const { at, person } = input;
  return stampOf({ ...person, at, meaning, signed });
}
