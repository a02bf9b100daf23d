import type { Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import type { Endpoint } from './endpoint.ts';
import { noteAttempt } from './note-attempt.ts';
import { noteRefusal } from './note-refusal.ts';

/** Does what whoever asks may; that they tried what they may not is written down. */
export async function noting<T>(
  { platform }: { readonly platform: Pick<Capabilities, 'records' | 'now'> },
  endpoint: Endpoint,
  who: Caller,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await noteRefusal(platform, who, endpoint, error);
    await noteAttempt(platform, who, endpoint, error);
    throw error;
  }
}
