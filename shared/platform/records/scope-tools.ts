import type { Caller } from '../../kernel/index.ts';
import type { Keyring } from '../keys/index.ts';
import type { ChangeDocument } from './documents.ts';
import type { RecordKind } from './record-kind.ts';
import type { Store } from './store.ts';

/** What scopes are opened with. */
export type ScopeTools = {
  readonly store: Store;
  /** Container `archive`: changes of long ago. */
  readonly archive: Store;
  readonly now: () => Date;
  readonly newKey: () => string;
  readonly keyring: Keyring;
  /** Every kind that there is; those that know branches are looked for among them. */
  readonly kinds?: readonly RecordKind[];
  /** Told of every commit; must not throw and is not waited for. */
  readonly committed: (caller: Caller, change: ChangeDocument) => void;
};
