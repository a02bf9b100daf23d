import { type Caller, timestamp } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { onFresh, type Saved } from '../records/index.ts';
import { exportName } from './export-data.ts';
import { type PrivacyRequestData, privacyRequestKind } from './request.ts';

const PAGE = 100;
/** What the container's rule leaves of a file: seven days, and one for the rule to run. */
const FILE_MILLISECONDS = 8 * 24 * 60 * 60 * 1000;

/**
 * Takes back what exports tell of somebody who is erased, those about the person and those of the whole tenant: their files go, and with them
 * every link that was given out; one that is under way begins anew when it meets the mark. The key must be destroyed before.
 */
export async function withdrawExports(platform: Capabilities, caller: Caller, person: string): Promise<void> {
  const where = { type: { oneOf: ['export'] }, person: { oneOf: ['', person] } };
  const records = platform.records.for(caller);
  for (let cursor: string | undefined; ; ) {
    const page = await records.list(privacyRequestKind, { where, order: 'newest', limit: PAGE, cursor });
    for (const request of page.items)
      if (tells(platform.now(), request)) await withdraw(platform, caller, request.id);
    cursor = page.next;
    if (cursor === undefined) return;
  }
}

/** Whether there is, or will be, a file of it. */
function tells(now: Date, { data: { state, file, askedAt } }: Saved<PrivacyRequestData>): boolean {
  if (state === 'asked') return true;
  return Date.parse(file?.expiresAt ?? askedAt) + FILE_MILLISECONDS > now.getTime();
}

async function withdraw(platform: Capabilities, caller: Caller, id: string): Promise<void> {
  const scope = platform.records.for(caller).scope('privacy');
  const load = () => scope.get(privacyRequestKind, id);
  await onFresh(load, async request => {
    const { state, file, overtakenAt } = request.data;
    if (state === 'completed' && overtakenAt !== undefined) return;
    const now = timestamp(platform.now());
    const data = { ...request.data, overtakenAt: now, file: file && { ...file, expiresAt: now } };
    await scope.commit({
      action: 'platform.privacy.export_withdrawn',
      update: [{ record: request, data }],
      events: [],
    });
  });
  await platform.exports.remove(exportName(caller.tenant, id));
}

/** Whether somebody was erased since an export began. */
export function isOvertaken(
  { overtakenAt }: PrivacyRequestData,
  { madeAt }: { readonly madeAt: string },
): boolean {
  return overtakenAt !== undefined && overtakenAt >= madeAt;
}
