import { emailChangeId, emailChangeKind, emailClaim, sentToken, userKind } from '../identity/index.ts';
import { defineJob, type JobContext, type JobDefinition } from '../jobs/index.ts';
import { jobName, originOfTenant, sendLetter } from './letters.ts';

const sent = { action: 'platform.mail.sent', events: [], links: [] };
const dropped = { action: 'platform.mail.dropped', events: [], links: [] };

/**
 * The letter that lets somebody prove that an address is theirs. When it is somebody's here, that one is told, and nobody else hears
 * of it: the job ends as any other.
 */
const linkLetter: JobDefinition = defineJob({
  name: jobName('email_change'),
  queue: 'jobs',
  about: userKind,
  run: async context => {
    const { platform, caller, job } = context;
    const { user, change } = await read(context);
    const pending = change?.pending;
    if (user?.data.status !== 'active' || pending?.job !== job.id) return dropped;
    const claim = emailClaim(await platform.blindIndex(caller.tenant), pending.email);
    const records = platform.records.for(caller);
    const owner = await records.scope('directory').claimOwner(claim);
    if (owner !== undefined) {
      const other = await records.find(userKind, owner);
      if (other === undefined || other.data.status === 'disabled') return dropped;
      await sendLetter(context, 'email_taken', other.data);
      return sent;
    }
    const of = { tenant: caller.tenant, user: user.id, job: job.id };
    const { token } = await sentToken(platform.identityKeys, 'email', of);
    const url = `${await originOfTenant(context)}/account/confirm-email?token=${token}`;
    await sendLetter(context, 'email_change', { ...user.data, email: pending.email }, url);
    return sent;
  },
});

/** Letters to the address that somebody had when the letter was asked for. */
const noticeLetter = (letter: 'email_change_asked' | 'email_changed'): JobDefinition =>
  defineJob({
    name: jobName(letter),
    queue: 'jobs',
    about: userKind,
    run: async context => {
      const { user, change } = await read(context);
      const notice = change?.notices.find(({ job }) => job === context.job.id);
      if (user === undefined || notice === undefined) return dropped;
      await sendLetter(context, letter, { ...user.data, email: notice.email });
      return sent;
    },
  });

async function read({ platform, caller, job }: JobContext) {
  const records = platform.records.for(caller);
  const [user, change] = await Promise.all([
    records.find(userKind, job.data.subject),
    records.scope('directory').state(emailChangeKind, emailChangeId(job.data.subject)),
  ]);
  return { user, change: change?.data };
}

/** The jobs that send letters about another address. */
export const emailLetterJobs = [
  linkLetter,
  noticeLetter('email_change_asked'),
  noticeLetter('email_changed'),
];
