import { readOptions } from '../command-line.ts';
import { announceReady, closeOnSignal } from '../server.ts';
import { startKeyVaultServer } from './server.ts';

const { values } = readOptions({
  options: {
    port: { type: 'string', default: '8443' },
    data: { type: 'string', default: '.local/key-vault' },
    'tls-cert': { type: 'string', default: '.local/tls/server.pem' },
    'tls-key': { type: 'string', default: '.local/tls/server.key' },
    jwks: { type: 'string', default: '.local/identity/jwks.json' },
    'purge-protection': { type: 'boolean', default: false },
    rights: { type: 'string' },
  },
});
const server = await startKeyVaultServer({
  port: Number(values.port),
  dataDir: values.data,
  tlsCert: values['tls-cert'],
  tlsKey: values['tls-key'],
  jwksFile: values.jwks,
  purgeProtection: values['purge-protection'],
  rightsFile: values.rights,
  faultsToken: process.env['FAULTS_TOKEN'],
});
closeOnSignal(() => server.close());
announceReady({
  KEY_VAULT_ENDPOINT: `https://localhost:${server.port}`,
  // The certificate names localhost, not *.vault.azure.net, which the SDK would insist on.
  KEY_VAULT_CHALLENGE_VERIFICATION: 'false',
});
