/** For a server: what its operations are called, which effects can strike which of them, whether its clock can jump. */
export type Vocabulary = {
  readonly operations: readonly string[];
  readonly effects: Readonly<Partial<Record<EffectName, readonly string[]>>>;
  readonly hasClock: boolean;
  /** The only statuses that `status` can be; any HTTP error when absent. */
  readonly statuses?: readonly number[];
};

export type EffectName =
  | 'status'
  | 'delay'
  | 'reset'
  | 'detach'
  | 'lose-lock'
  | 'duplicate'
  | 'stale'
  | 'stop-timer'
  | 'slow-disk';

function onEach<const Name extends string>(...operations: readonly Name[]) {
  return { status: operations, delay: operations, reset: operations };
}

const documents = ['read', 'create', 'upsert', 'replace', 'patch', 'delete', 'batch'] as const;
const queries = ['query', 'changefeed', 'metadata'] as const;
const keyVault = [
  'read',
  'write',
  'delete',
  'sign',
  'verify',
  'encrypt',
  'decrypt',
  'wrap',
  'unwrap',
] as const;
const blobs = ['read', 'write', 'delete', 'list', 'lease', 'copy', 'metadata'] as const;
const mails = ['connect', 'auth', 'from', 'to', 'data'] as const;

/** Every server of the stack with what can be made to go wrong there; see README.md for what the words mean. */
export const VOCABULARY = {
  cosmos: {
    operations: [...documents, ...queries, 'commit'],
    effects: {
      ...onEach(...documents, ...queries),
      stale: ['read', 'query', 'changefeed'],
      'slow-disk': ['commit'],
    },
    hasClock: true,
  },
  'service-bus': {
    operations: ['attach', 'send', 'deliver', 'settle', 'renew', 'manage', 'commit'],
    effects: {
      status: ['attach', 'send', 'settle', 'renew', 'manage'],
      delay: ['send', 'settle', 'renew', 'manage'],
      reset: ['attach', 'send', 'deliver', 'settle', 'renew', 'manage'],
      detach: ['send', 'deliver', 'settle'],
      'lose-lock': ['settle', 'renew'],
      duplicate: ['deliver'],
      'slow-disk': ['commit'],
    },
    hasClock: true,
    statuses: [401, 403, 404, 408, 410, 429, 500, 503],
  },
  'key-vault': {
    operations: keyVault,
    effects: onEach(...keyVault),
    hasClock: true,
  },
  blob: {
    operations: [...blobs, 'commit'],
    effects: { ...onEach(...blobs), 'slow-disk': ['commit'] },
    // Azurite asks the machine for the time.
    hasClock: false,
  },
  identity: {
    operations: ['token', 'metadata'],
    effects: onEach('token', 'metadata'),
    hasClock: true,
  },
  mail: {
    operations: [...mails, 'commit'],
    effects: { ...onEach(...mails), 'slow-disk': ['commit'] },
    hasClock: false,
    statuses: [421, 450, 451, 452, 454, 530, 535, 550, 552, 553, 554],
  },
  host: {
    operations: ['http', 'timer'],
    effects: { ...onEach('http'), 'stop-timer': ['timer'] },
    hasClock: true,
  },
} as const satisfies Record<string, Vocabulary>;

export type FaultServer = keyof typeof VOCABULARY;
export type OperationOf<Server extends FaultServer> = (typeof VOCABULARY)[Server]['operations'][number];
/** The operations that an effect can strike on a server; never when the server does not have the effect. */
export type StruckBy<Server extends FaultServer, Name extends EffectName> =
  (typeof VOCABULARY)[Server]['effects'] extends Readonly<
    Record<Name, readonly (infer Operation extends string)[]>
  >
    ? Operation
    : never;
