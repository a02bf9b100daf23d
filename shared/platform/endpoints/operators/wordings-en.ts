import type { Wording } from '../../http/index.ts';

/** What tenancy's refusals say in English. */
export const en = {
  'platform.slug_taken': ['Name taken', 'Another tenant has the host name “{slug}”.'],
  'platform.slug_reserved': ['Name reserved', '“{slug}” cannot be the name of a tenant.'],
  'platform.logo_unfit': ['Unfit logo', 'A logo is an SVG with nothing but shapes and texts in it.'],
  'platform.region_elsewhere': ['Other region', 'This deployment holds tenants in {own}, not in {region}.'],
  'platform.plan_unknown': ['Unknown plan', 'There is no plan “{plan}” that tenants can be put on.'],
  'platform.plan_limit_reached': [
    'Limit of the plan reached',
    'The plan allows no more than {most, number} of {limit}.',
  ],
  'platform.feature_not_in_plan': [
    'Not in the plan',
    'The plan of this tenant does not include “{feature}”.',
  ],
  'platform.tenant_transition_not_open': [
    'Not possible now',
    '“{action}” does not lead out of the state {status}.',
  ],
  'platform.provisioning_under_way': ['Being made', 'A job is making this tenant; wait until it has ended.'],
  'platform.tenant_has_owner': [
    'Taken over',
    'The tenant has an owner who has come; its people invite each other.',
  ],
  'platform.domain_invalid': ['No host name', '“{hostname}” is not a host name.'],
  'platform.domain_reserved': [
    'Reserved',
    '“{hostname}” belongs to the platform itself, or is one below which others have names of their own.',
  ],
  'platform.domain_already_added': ['Added already', '“{hostname}” is among the domains already.'],
  'platform.domain_not_active': ['Not active', 'Only an active domain can be the primary one.'],
  'platform.domains_too_many': ['Too many domains', 'A tenant has at most {most, number} domains.'],
  'platform.signup_closed': ['Closed', 'Nobody can sign up by themselves at present.'],
  'platform.signup_link_invalid': [
    'Link not good',
    'This link has been used, has expired, or was never ours.',
  ],
  'platform.reason_missing': ['Reason needed', '“{action}” needs a reason.'],
} satisfies Readonly<Record<string, Wording>>;
