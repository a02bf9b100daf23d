import { trustStack } from './trust.ts';

/** The keys that bicep/secrets.bicep makes: no app may make one. */
const keys = {
  'token-signing': { kty: 'EC', crv: 'P-256', key_ops: ['sign', 'verify'] },
  'tenant-keys': { kty: 'RSA', key_size: 3072, key_ops: ['wrapKey', 'unwrapKey'] },
};

/** Makes them in the stack's Key Vault as its owner, as a deployment does before the apps start to serve. */
export async function makeTemplateKeys(settings: Readonly<Record<string, string>>): Promise<void> {
  trustStack(settings);
  const identity = new URL(settings['IDENTITY_ENDPOINT'] ?? '');
  identity.search = new URLSearchParams({
    'api-version': '2019-08-01',
    resource: 'https://vault.azure.net',
  }).toString();
  const given = await fetch(identity, {
    headers: { 'X-IDENTITY-HEADER': settings['IDENTITY_HEADER'] ?? '' },
  });
  const { access_token: token } = await given.json();
  for (const [name, body] of Object.entries(keys)) {
    const answer = await fetch(`${settings['KEY_VAULT_ENDPOINT']}/keys/${name}/create?api-version=7.4`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`the key ${name} was not made: ${answer.status} ${await answer.text()}`);
  }
}
