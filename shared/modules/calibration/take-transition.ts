import { attempt, contentHash, openings, type Refusal } from '../../kernel/index.ts';
import { httpFault } from '../../platform/http/index.ts';
import { calibrationFault, isCalibrationFault } from './faults.ts';
import type { SrfContext } from './guards.ts';
import type { Stamp } from './schema.ts';
import type { Agreed, SrfData, SrfState } from './srf.ts';
import { type SrfAction, srfWorkflow } from './workflow.ts';

/** What a transition brings along beside its name. */
export type TransitionInput = {
  readonly at: string;
  readonly person: { readonly user: string; readonly name: string; readonly position: string | null };
  /** The hash of what a signature vouches for. */
  readonly signed: string;
  readonly reason?: string | undefined;
  readonly assignTo?: { readonly user: string; readonly name: string } | undefined;
  readonly receivedAt?: string | undefined;
  readonly conditionOnReceipt?: string | undefined;
  readonly decisionRule?: SrfData['decisionRule'] | undefined;
  /** By item id; at acceptance. */
  readonly agreed?: ReadonlyMap<string, Agreed> | undefined;
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

/** The request after a transition that was found to be open. */
export function applyTransition(
  srf: SrfData,
  action: SrfAction,
  to: SrfState,
  input: TransitionInput,
): SrfData {
  return { ...srf, state: to, heldFrom: null, ...effectsOf(srf, action, input) };
}

const UNSIGNED = { performedBy: null, reviewedBy: null, approvedBy: null } as const;

function effectsOf(srf: SrfData, action: SrfAction, input: TransitionInput): Partial<SrfData> {
  switch (action) {
    case 'submit':
      return { number: input.number ?? srf.number };
    case 'receive':
      return {
        receivedAt: input.receivedAt ?? input.at.slice(0, 10),
        conditionOnReceipt: input.conditionOnReceipt ?? null,
      };
    case 'accept':
      return {
        decisionRule: input.decisionRule ?? srf.decisionRule,
        items: srf.items.map(item => ({ ...item, agreed: input.agreed?.get(item.id) ?? item.agreed })),
      };
    case 'assign':
    case 'start':
      return { assignedTo: input.assignTo ?? srf.assignedTo };
    case 'hold':
      return { heldFrom: srf.state };
    case 'complete':
      return { ...UNSIGNED, performedBy: stamp(input, 'performed') };
    case 'sign_review':
      return { reviewedBy: stamp(input, 'reviewed') };
    case 'approve':
      return {
        reviewedBy: srf.reviewedBy ?? stamp(input, 'reviewed'),
        approvedBy: stamp(input, 'authorised'),
      };
    case 'return':
    case 'reopen':
      // What is changed afterwards was not signed.
      return UNSIGNED;
    default:
      return {};
  }
}

function stamp(input: TransitionInput, meaning: Stamp['meaning']): Stamp {
  const { at, person, signed } = input;
  return { ...person, at, meaning, digest: contentHash({ signed, user: person.user, meaning, at }) };
}
