import type { Transition } from '../../kernel/index.ts';
import {
  allPointsObserved,
  hasItems,
  hasTechnician,
  noCertificateIssued,
  noCertificateUnderWay,
  notTheTechnician,
  reviewed,
  type SrfContext,
  standardsValid,
  unchangedSinceSigned,
} from './guards.ts';
import type { SrfState } from './srf.ts';

/** What people do with a service request. */
export const srfActions = [
  'submit',
  'receive',
  'inspect',
  'quote',
  'ask_customer',
  'accept',
  'decline',
  'assign',
  'start',
  'hold',
  'resume',
  'complete',
  'reopen',
  'start_review',
  'sign_review',
  'return',
  'approve',
  'invoice',
  'deliver',
  'close',
  'cancel',
] as const;
export type SrfAction = (typeof srfActions)[number];

/** Who does this signs: they prove who they are, and their stamp binds what they saw. */
export function isSigning(action: SrfAction): boolean {
  return action === 'complete' || action === 'sign_review' || action === 'approve';
}

/** What a certificate's job does when the last certificate of a request is issued. */
type AutomaticAction = 'issue';

type Row = Transition<SrfState, SrfAction | AutomaticAction, SrfContext>;

/** States in which work is open and may have to wait for something. */
export const holdable: readonly SrfState[] = [
  'received',
  'inspected',
  'accepted',
  'assigned',
  'in_progress',
  'observations_complete',
  'in_review',
  'rework',
];

const cancellable: readonly SrfState[] = [
  'draft',
  'submitted',
  'quoted',
  'awaiting_customer',
  'on_hold',
  ...holdable,
];

const permission = (action: string): string => `calibration.srf:${action}`;

/** The life of a service request. States between `received` and `accepted` may be skipped. */
export const srfWorkflow: readonly Row[] = [
  { from: ['draft'], action: 'submit', to: 'submitted', permission: permission('write'), guards: [hasItems] },
  { from: ['submitted'], action: 'receive', to: 'received', permission: permission('receive') },
  { from: ['received'], action: 'inspect', to: 'inspected', permission: permission('receive') },
  { from: ['received', 'inspected'], action: 'quote', to: 'quoted', permission: permission('quote') },
  { from: ['quoted'], action: 'ask_customer', to: 'awaiting_customer', permission: permission('quote') },
  {
    from: ['received', 'inspected', 'quoted', 'awaiting_customer'],
    action: 'accept',
    to: 'accepted',
    permission: permission('accept'),
    guards: [hasItems],
  },
  {
    from: ['quoted', 'awaiting_customer'],
    action: 'decline',
    to: 'cancelled',
    permission: permission('quote'),
    needsReason: true,
  },
  {
    from: ['accepted', 'assigned', 'in_progress', 'rework'],
    action: 'assign',
    to: ({ srf }) => (srf.state === 'accepted' ? 'assigned' : srf.state),
    permission: permission('assign'),
    guards: [hasTechnician],
  },
  {
    from: ['assigned'],
    action: 'start',
    to: 'in_progress',
    permission: permission('work'),
    guards: [hasTechnician],
  },
  { from: holdable, action: 'hold', to: 'on_hold', permission: permission('work'), needsReason: true },
  {
    from: ['on_hold'],
    action: 'resume',
    to: ({ srf }) => srf.heldFrom ?? 'in_progress',
    permission: permission('work'),
  },
  {
    from: ['in_progress', 'rework'],
    action: 'complete',
    to: 'observations_complete',
    permission: permission('work'),
    guards: [allPointsObserved, standardsValid],
  },
  {
    from: ['observations_complete'],
    action: 'start_review',
    to: 'in_review',
    permission: permission('review'),
    guards: [notTheTechnician, unchangedSinceSigned],
  },
  {
    from: ['in_review'],
    action: 'sign_review',
    to: 'in_review',
    permission: permission('review'),
    guards: [notTheTechnician, allPointsObserved, standardsValid, unchangedSinceSigned],
  },
  {
    from: ['in_review'],
    action: 'return',
    to: 'rework',
    permission: permission('review'),
    needsReason: true,
  },
  {
    from: ['in_review'],
    action: 'approve',
    to: 'approved',
    permission: permission('approve'),
    guards: [notTheTechnician, allPointsObserved, standardsValid, unchangedSinceSigned, reviewed],
  },
  {
    from: ['observations_complete'],
    action: 'reopen',
    to: 'in_progress',
    permission: permission('work'),
    needsReason: true,
  },
  {
    from: ['approved', 'certificate_issued', 'invoiced', 'delivered'],
    action: 'reopen',
    to: 'rework',
    permission: permission('review'),
    guards: [noCertificateUnderWay],
    needsReason: true,
  },
  { from: ['approved'], action: 'issue', to: 'certificate_issued', permission: 'system', automatic: true },
  { from: ['certificate_issued'], action: 'invoice', to: 'invoiced', permission: permission('invoice') },
  {
    from: ['certificate_issued', 'invoiced'],
    action: 'deliver',
    to: 'delivered',
    permission: permission('deliver'),
  },
  { from: ['delivered'], action: 'close', to: 'closed', permission: permission('deliver') },
  {
    from: cancellable,
    action: 'cancel',
    to: 'cancelled',
    permission: permission('cancel'),
    guards: [noCertificateIssued],
    needsReason: true,
  },
];

/** The way that an action takes out of a state, if there is one. */
export function wayOut(state: SrfState, action: SrfAction): Row | undefined {
  return srfWorkflow.find(({ from, action: own }) => own === action && from.includes(state));
}

/** The states in which certificates may be asked for. */
export const certifiable: readonly SrfState[] = [
  'approved',
  'certificate_issued',
  'invoiced',
  'delivered',
  'closed',
];

/** The states in which observations may be taken and corrected. */
export const observable: readonly SrfState[] = ['in_progress', 'rework'];
