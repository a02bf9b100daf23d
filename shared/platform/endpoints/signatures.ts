import * as z from 'zod';
import { type Caller, everyTenantRole, type PermissionTable, timestamp } from '../../kernel/index.ts';
import { credentialOfSigner, reauthenticate } from '../accounts/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { created, defineEndpoint, type Endpoint, ok } from '../http/index.ts';
import { userKind } from '../identity/index.ts';
import { newRecordId, type RecordKind, recordFault, type Saved } from '../records/index.ts';
import {
  isUnder,
  Meaning,
  Signature,
  type SignatureAsFound,
  type SignatureData,
  sign,
  signatureKind,
  signaturesAsFound,
  signedAction,
} from '../signatures/index.ts';
import { itemParams } from './lists.ts';

export const signaturePermissions: PermissionTable = { 'platform.signature:read': everyTenantRole };

/** How the signer proves who they are, as fields of a body. */
export const signingProof = {
  password: z.string().min(1).max(256).optional(),
  code: z
    .string()
    .length(6)
    .regex(/^\d{6}$/)
    .optional()
    .meta({ description: 'Of the authenticator, for who has one.' }),
};

const Body = z.strictObject({
  meaning: Meaning,
  /** The signer's own, at each signing. */
  ...signingProof,
});

/** All of it is there, but what nobody can read. */
const View = Signature.partial().extend({
  subject: Signature.shape.subject,
  id: z.string(),
  valid: z
    .boolean()
    .meta({ description: 'Whether the record is what was signed and was so all the time since.' }),
  broken: z.enum(['altered', 'content_changed']).nullable(),
  brokenSince: z.strictObject({ version: z.number().int(), at: z.string() }).nullable(),
  erased: z.boolean().meta({
    description:
      'Somebody whom the content is about was erased since; that the rest is what was signed is shown by the chain of changes.',
  }),
  unreadable: z.array(z.string()).meta({
    description:
      'Members that are left out, since they cannot be read: they were written past the service, by nobody who had the keys of the tenant. Such a signature is altered.',
  }),
});

const unbroken = { valid: true, broken: null, brokenSince: null, erased: false, unreadable: [] };

/** Which records are signed, and which part of them a signature vouches for. */
export type Signed<T> = {
  readonly kind: RecordKind<T>;
  readonly path: string;
  readonly permission: string;
  /** Of the data in clear, and of the same at rest: it may choose parts, and not look into them. */
  readonly content: (data: T) => unknown;
};

/** `POST …/:id/signatures` and `GET …/:id/signatures` for records of a kind (21 CFR 11.50, 11.70, 11.200). */
export function signatureEndpoints<T>(parts: Signed<T>): readonly Endpoint[] {
  return [signEndpoint(parts), listEndpoint(parts)];
}

function signEndpoint<T>({ kind, path, permission, content }: Signed<T>): Endpoint {
  return defineEndpoint({
    id: `${kind.name}.sign`,
    method: 'POST',
    path: `${path}/:id/signatures`,
    access: { permission },
    summary:
      'Signs the record as it stands, with the signer’s name, the time and the meaning; needs the password again, and a code of the authenticator of who has one.',
    params: itemParams,
    body: Body,
    ifMatch: true,
    proofFields: ['password', 'code'],
    example: { body: { meaning: 'approval', password: 'a long enough passphrase' } },
    replies: { 201: { description: 'Signed.', schema: View } },
    faults: [
      'platform.signature_incomplete',
      'platform.signature_refused',
      'platform.signature_by_person',
      'platform.login_locked',
    ],
    handle: async ({ caller, params, body, ifMatch, newKey }, platform) => {
      const scope = platform.records.for(caller).scopeOf(kind as RecordKind, params.id);
      const [record, credential, signer] = await Promise.all([
        scope.get(kind, params.id),
        credentialOfSigner(platform, caller),
        signerOf(platform, caller),
      ]);
      if (record.version !== ifMatch)
        throw recordFault('platform.version_stale', { version: record.version });
      await reauthenticate(platform, caller, body, credential);
      const id = newRecordId(signatureKind, newKey(), record.scope);
      const data = sign(
        {
          ...{ subject: record.id, subjectKind: kind.name, version: record.version, chain: record.hash },
          ...{ meaning: body.meaning, ...signer, at: timestamp(platform.now()) },
        },
        content(record.data),
      );
      const location = `/api/v1${path}/${record.id}/signatures`;
      const { reply } = await scope.commit({
        action: signedAction(kind as RecordKind),
        create: [{ kind: signatureKind, id, data }],
        expect: [record],
        reply: () => created(location, { ...data, id, ...unbroken }),
      });
      return reply ?? created(location, { ...data, id, ...unbroken });
    },
  });
}

/** The name and position that stand in the directory now, not those of the token. */
async function signerOf(
  platform: Capabilities,
  caller: Caller,
): Promise<Pick<SignatureData, 'user' | 'name' | 'position'>> {
  const user = await platform.records.for(caller).find(userKind, caller.user);
  return { user: caller.user, name: user?.data.name ?? caller.name, position: user?.data.title ?? null };
}

function listEndpoint<T>({ kind, path, content }: Signed<T>): Endpoint {
  return defineEndpoint({
    id: `${kind.name}.signatures`,
    method: 'GET',
    path: `${path}/:id/signatures`,
    access: { permission: kind.readPermission },
    summary: 'Who signed the record, when and as what, and whether it still is what they signed.',
    params: itemParams,
    replies: {
      200: { description: 'The signatures, oldest first.', schema: z.strictObject({ items: z.array(View) }) },
    },
    handle: async ({ caller, params }, platform) => {
      const scope = platform.records.for(caller).scopeOf(kind as RecordKind, params.id);
      // In this order: a signature is under a version that is there already.
      const signatures = await scope.allAsFound(signatureKind as RecordKind);
      const record = await scope.get(kind, params.id);
      const own = signatures.filter(signature => isUnder(signature, record.id));
      const found = await signaturesAsFound(scope, record as Saved<unknown>, own, data => content(data as T));
      return ok({ items: found.map(signature => shown(record.id, signature)) });
    },
  });
}

function shown(subject: string, { id, data, unreadable, standing }: SignatureAsFound): z.infer<typeof View> {
  return { ...data, subject, id, unreadable: [...unreadable], ...standing };
}
