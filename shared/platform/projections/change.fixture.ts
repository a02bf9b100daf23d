import type { Caller } from '../../kernel/index.ts';
import { type ChangeDocument, sealChange, touchOf } from '../records/index.ts';

/** A change that took one record from a state to another; null is "not there". */
export function changeOf(
  caller: Caller,
  kind: string,
  version: number,
  before: unknown,
  after: unknown,
): ChangeDocument {
  const document = { id: 'thg_1', kind, version, data: after };
  const earlier = version === 1 ? undefined : { hash: 'h', data: before };
  const touch = touchOf(earlier, document as Parameters<typeof touchOf>[1]);
  return sealChange(caller, {
    ...{ id: `chg_${version}`, scope: 'thg_1', now: '2026-11-25T10:00:00.000Z', action: 'test.changed' },
    ...{ reason: undefined, touches: [touch], jobs: [], events: [], blind: (text: string) => text },
    keys: new Map([['~common', { current: 1, versions: new Map([[1, new Uint8Array(32)]]) }]]),
  });
}
