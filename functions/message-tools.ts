import type { MessageHandlerTools } from '../shared/platform/messaging/index.ts';
import type { Composition } from './compose.ts';
import { log } from './log.ts';

/** What every queue handler needs: where copies go, the time, and one log line for each message. */
export function messageTools({ messenger, platform }: Composition): MessageHandlerTools {
  return {
    messenger,
    now: platform.now,
    log: ({ queue, messageId, outcome, error }) => {
      if (outcome === 'done') return;
      const level = outcome === 'bug' || outcome === 'exhausted' ? 'error' : 'info';
      log(level, `message ${outcome}`, { queue, messageId, error });
    },
  };
}
