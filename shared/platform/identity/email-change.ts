import * as z from 'zod';
import { emailForm } from '../../kernel/languages/index.ts';
import { defineState } from '../records/index.ts';

const Address = z.email().meta({ personal: true });

/**
 * What is on its way about somebody's address. Stands in the directory beside the address's claim, so that a change is one
 * commit; addresses are sealed for the person.
 */
export const EmailChange = z
  .strictObject({
    user: z.string(),
    /** When changes were asked for; the last few. */
    asked: z.array(z.string()),
    /** The address that a letter went to, by the job that sent it; void once the session that asked or the password of then is gone. */
    pending: z
      .strictObject({
        job: z.string(),
        email: Address,
        expiresAt: z.string(),
        session: z.string().nullable(),
        passwordSetAt: z.string().nullable(),
      })
      .nullable(),
    /** Letters to the address as it was then, by their jobs. */
    notices: z.array(z.strictObject({ job: z.string(), email: Address })),
  })
  .meta({ person: 'user' });
export type EmailChange = z.infer<typeof EmailChange>;

export const emailChangeKind = defineState<EmailChange>({
  name: 'platform.email_change',
  schema: EmailChange,
});

/** The id of the state, in scope `directory`. */
export function emailChangeId(user: string): string {
  return `email_${user}`;
}

/** Longer than any of its letters and links lives. */
export const EMAIL_CHANGE_SECONDS = 24 * 60 * 60;
const MOST_NOTICES = 8;
/** So many changes may be asked for in an hour; each writes to an address that need not be one's own. */
const MOST_ASKED = 3;
const ASKED_MILLISECONDS = 60 * 60_000;

/** The change with one more wish, or undefined when there were enough of them lately. The wish before is void. Pure. */
export function askedChange(
  before: EmailChange,
  pending: NonNullable<EmailChange['pending']>,
  notice: EmailChange['notices'][number],
  now: Date,
): EmailChange | undefined {
  const lately = before.asked.filter(at => Date.parse(at) > now.getTime() - ASKED_MILLISECONDS);
  if (lately.length >= MOST_ASKED) return undefined;
  return {
    ...before,
    asked: [...lately, now.toISOString()],
    pending,
    notices: [...before.notices, notice].slice(-MOST_NOTICES),
  };
}

/** Whether both are one address as they are compared. */
export function isSameAddress(left: string, right: string): boolean {
  return emailForm(left) === emailForm(right);
}
