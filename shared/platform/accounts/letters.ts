import { type Caller, secondsAfter, timestamp } from '../../kernel/index.ts';
import { languageOf } from '../../kernel/languages/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import {
  awaiting,
  emailClaim,
  type PasswordTokenPurpose,
  sentToken,
  sentTokens,
  type UserData,
  userKind,
} from '../identity/index.ts';
import { askForJob, defineJob, type JobContext, type JobDefinition } from '../jobs/index.ts';
import { accountLetter, type LetterName, letterHtml, letterText } from '../notifications/index.ts';
import type { CommitRequest, Saved } from '../records/index.ts';
import type { Tenant } from '../tenancy/index.ts';
import { credentialWrite, readCredential } from './change-credential.ts';

const LETTERS = [
  'invitation',
  'password_reset',
  'account_locked',
  'password_changed',
  'mfa_changed',
] as const satisfies readonly LetterName[];
/** The letters that carry a token, and what it is for. */
const TOKENS: Readonly<Partial<Record<LetterName, PasswordTokenPurpose>>> = {
  invitation: 'invitation',
  password_reset: 'reset',
};
const MOST_TRIES = 10;

/** The parts of a commit that ask for a letter to a user, in the user's own scope unless said otherwise. */
export function letterTo(
  platform: Pick<Capabilities, 'newKey' | 'now'>,
  caller: Caller,
  letter: LetterName,
  user: string,
  scope = user,
): Pick<CommitRequest, 'create' | 'jobs'> {
  const request = { name: jobName(letter), queue: 'jobs', subject: user, scope };
  const job = askForJob(caller, platform.newKey(), platform.now(), request);
  return { create: [job.create], jobs: [job.call] };
}

/** The jobs that send letters. A job that runs twice sends the same link twice. */
export const letterJobs: readonly JobDefinition[] = LETTERS.map(letter =>
  defineJob({
    name: jobName(letter),
    queue: 'jobs',
    about: userKind,
    run: async context => {
      const { platform, caller, job } = context;
      const user = await platform.records.for(caller).find(userKind, job.data.subject);
      if (user === undefined || user.data.status === 'disabled')
        return { action: 'platform.mail.dropped', events: [], links: [] };
      await send(context, letter, user);
      return { action: 'platform.mail.sent', events: [], links: [] };
    },
  }),
);

/** The job that sends a letter. */
export function jobName(letter: LetterName): string {
  return `platform.mail.${letter}`;
}

async function send(context: JobContext, letter: LetterName, user: Saved<UserData>): Promise<void> {
  const purpose = TOKENS[letter];
  if (purpose === undefined) return sendLetter(context, letter, user.data);
  const { platform, caller, job } = context;
  const token = await awaitToken(platform, caller, purpose, user, job.id);
  const url = `${await originOfTenant(context)}/account/set-password?token=${token}`;
  await sendLetter(context, letter, user.data, url);
}

/** Sends a letter to somebody at this address; its link leads to where a password is reset unless said otherwise. */
export async function sendLetter(
  context: JobContext,
  letter: LetterName,
  { email, name, locale }: Pick<UserData, 'email' | 'name' | 'locale'>,
  link?: string,
): Promise<void> {
  const { platform, job } = context;
  const tenant = await tenantOf(context);
  const url = link ?? `${await originOfTenant(context)}/account/forgot-password`;
  const language = locale ?? languageOf(tenant.locale) ?? 'en';
  const content = accountLetter(letter, language, { name, tenant: nameOf(tenant), url });
  await platform.mailer.send({
    id: job.id,
    senderName: nameOf(tenant),
    to: email,
    subject: content.subject,
    text: letterText(content, tenant.branding),
    html: letterHtml(content, language, tenant.branding),
  });
}

/** Where the tenant's people are at home. */
export async function originOfTenant(context: JobContext): Promise<string> {
  const { platform } = context;
  const { primaryHost, slug } = await tenantOf(context);
  return primaryHost === undefined ? platform.originOf(slug) : platform.originAt(primaryHost);
}

async function tenantOf({ platform, caller }: JobContext): Promise<Tenant> {
  const tenant = await platform.tenants.byId(caller.tenant);
  if (tenant === undefined) throw new Error('a tenant with a job has gone');
  return tenant;
}

/** Makes the token of a letter and lets the credential wait for it. */
async function awaitToken(
  platform: Capabilities,
  caller: Caller,
  purpose: PasswordTokenPurpose,
  user: Saved<UserData>,
  job: string,
): Promise<string> {
  const scope = platform.records.for(caller).scope(user.id);
  const of = { tenant: caller.tenant, user: user.id, job };
  const to = emailClaim(await platform.blindIndex(caller.tenant), user.data.email);
  const { token, hash } = await sentToken(platform.identityKeys, purpose, of);
  const expiresAt = timestamp(secondsAfter(platform.now(), sentTokens[purpose].seconds));
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const kept = await readCredential(scope);
    const data = awaiting(kept.data, purpose, { hash, expiresAt, to }, platform.now());
    if ((await scope.saveState({ ...credentialWrite(kept, data), data })) !== undefined) return token;
  }
  throw new Error('a credential changes all the time');
}

function nameOf({ branding }: Tenant): string {
  return branding.legalName;
}
