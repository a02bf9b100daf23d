import type { Wording } from '../http/index.ts';

/** What the platform's refusals say in English. `{name}` stands for the refusal's data. */
export const en = {
  'platform.route_unknown': ['Not found', 'There is nothing at this address.'],
  'platform.not_found': ['Not found', 'There is nothing with this id.'],
  'platform.method_not_allowed': ['Method not allowed', 'This address knows only {allow}.'],
  'platform.tenant_unknown': ['Unknown host', 'No tenant is served at this host.'],
  'platform.tenant_suspended': ['Suspended', 'This tenant is not being served at present.'],
  'platform.maintenance': ['Maintenance', 'This is being worked on at present; try again later. {message}'],
  'platform.tenant_mismatch': [
    'Wrong tenant',
    'The token was issued for another tenant than this host serves.',
  ],
  'platform.token_missing': ['Login needed', 'Send an access token as “Authorization: Bearer …”.'],
  'platform.token_invalid': ['Invalid token', 'The access token is not one of ours or was altered.'],
  'platform.token_expired': ['Expired token', 'The access token has expired; log in again.'],
  'platform.permission_missing': ['Not permitted', 'You do not hold the permission {permission}.'],
  'platform.body_malformed': ['Malformed body', 'The body is not JSON in UTF-8.'],
  'platform.body_too_large': ['Body too large', 'A request may have at most {limit} bytes.'],
  'platform.media_type_unsupported': ['Unsupported media type', 'Send the body as {supported}.'],
  'platform.input_invalid': [
    'Invalid input',
    'Some fields are not what they should be; “errors” points at each.',
  ],
  'platform.idempotency_key_invalid': [
    'Invalid Idempotency-Key',
    'A key has 1 to {limit} printable ASCII characters.',
  ],
  'platform.idempotency_key_reused': [
    'Idempotency-Key reused',
    'This key was used for another request before.',
  ],
  'platform.if_match_invalid': ['Invalid If-Match', 'Send the ETag of one version, as it was given to you.'],
  'platform.version_missing': [
    'If-Match needed',
    'Send the ETag of the version that you are changing as If-Match.',
  ],
  'platform.version_stale': [
    'Changed meanwhile',
    'Somebody changed this record since you read it; read it again.',
  ],
  'platform.audit_too_many': [
    'Too many rows',
    'At most {limit} rows are exported at once; ask for a shorter time.',
  ],
  'platform.value_taken': ['Already taken', 'Another record has this value, or is about to.'],
  'platform.balance_too_low': ['Balance too low', '{available} is available and {wanted} is wanted.'],
  'platform.hold_differs': [
    'Held differently',
    'This was held before with another amount or in another unit.',
  ],
  'platform.reference_gone': [
    'Deleted meanwhile',
    'A record that this refers to was deleted, or is being deleted now.',
  ],
  'platform.in_use': [
    'In use',
    'Something else refers to this; “data” says what. It can be deactivated instead.',
  ],
  'platform.version_unknown': ['No such version', 'There is no version {version} before the present one.'],
  'platform.rollback_refused': [
    'Cannot be taken back',
    'This record cannot be taken back to version {version}; “because” says why.',
  ],
  'platform.history_broken': [
    'History is not whole',
    'The changes of this record do not fit together; its verification says where.',
  ],
  'platform.already_exists': ['Already there', 'A record with this id exists already.'],
  'platform.claim_taken': ['Already taken', 'This value must be unique and belongs to another record.'],
  'platform.busy': ['Busy', 'Too many changes to the same thing at once; try again.'],
  'platform.cursor_invalid': [
    'Invalid cursor',
    'The cursor was not made for this list with these filters and this order.',
  ],
  'platform.text_reserved': [
    'Reserved text',
    'A text is written as sealed values are, or as what stands for somebody who was erased; “errors” points at it.',
  ],
  'platform.person_erased': [
    'Person erased',
    'Whoever this is about was erased: nothing new is written of them; “errors” points at it.',
  ],
  'platform.commit_too_large': ['Too large', 'The change has more parts than can be written at once.'],
  'platform.database_unavailable': [
    'Temporarily unavailable',
    'A part that this request needs does not answer; try again.',
  ],
  'platform.storage_unavailable': ['Temporarily unavailable', 'The file store does not answer; try again.'],
  'platform.vault_unavailable': ['Temporarily unavailable', 'The key vault does not answer; try again.'],
  'platform.person_active': ['Still active', 'Disable the person first; who can log in is not erased.'],
  'platform.person_unknown': ['Unknown person', 'Nothing is known of {person}.'],
  'platform.export_over': ['Export over', 'The file could be fetched for a day; ask for it once more.'],
  'platform.retention_unfit': [
    'Retention unfit',
    'Some kinds cannot be kept for so long or so short; “errors” says which.',
  ],
  'platform.signups_over': [
    'No more today',
    'So many trials were asked for today that more can begin tomorrow only.',
  ],
  'platform.keys_destroyed': ['Erased', 'What this tenant had was erased.'],
  'platform.keys_not_visible': ['Temporarily unavailable', 'A key is not to be seen yet; try again.'],
  'platform.messaging_unavailable': ['Temporarily unavailable', 'Messages cannot be sent now; try again.'],
  'platform.branch_beyond': ['Another branch', 'This belongs to a branch that you do not work in.'],
  'platform.branch_limited': [
    'Whole tenant',
    'This concerns the tenant as a whole, and you are limited to branches.',
  ],
  'platform.role_privileged': [
    'Not yours to give',
    'You neither give {roles} nor change who holds it: that may more than you do.',
  ],
  'platform.login_busy': ['Busy', 'Too many people log in at this moment; try again.'],
  'platform.login_refused': [
    'Login refused',
    'E-mail address and password do not belong together, or the account is disabled.',
  ],
  'platform.webhook_event_unknown': [
    'Unknown event type',
    'Some filters let no event through that there is; “errors” points at each.',
  ],
  'platform.webhook_insecure': ['HTTPS needed', 'Webhooks are sent to https addresses only.'],
  'platform.webhook_unreachable_address': [
    'Address refused',
    'Webhooks are not sent to private or reserved addresses.',
  ],
  'platform.job_not_visible': ['Not there yet', 'The job cannot be read yet.'],
  'platform.job_leased': ['At work', 'Somebody is at work on this job.'],
  'platform.job_unknown': ['Unknown job', 'This kind of job is not known.'],
  'platform.job_crashed': ['Crashed', 'The job met an error on our side.'],
  'platform.rate_limited': [
    'Too many requests',
    'The quota “{limit}” is used up; try again in {retryAfterSeconds, plural, one {# second} other {# seconds}}.',
  ],
  'platform.internal': [
    'Internal error',
    'Something went wrong on our side. Please name the request id when you report it.',
  ],
} satisfies Readonly<Record<string, Wording>>;
