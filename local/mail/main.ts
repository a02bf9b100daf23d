import { readOptions } from '../command-line.ts';
import { announceReady, closeOnSignal } from '../server.ts';
import { startMailServer } from './server.ts';

const { values } = readOptions({
  options: {
    port: { type: 'string', default: '8025' },
    'smtp-port': { type: 'string', default: '1025' },
    data: { type: 'string', default: '.local/mail' },
    'tls-cert': { type: 'string', default: '.local/tls/server.pem' },
    'tls-key': { type: 'string', default: '.local/tls/server.key' },
  },
});
const server = await startMailServer({
  port: Number(values.port),
  smtpPort: Number(values['smtp-port']),
  dataDir: values.data,
  tlsCert: values['tls-cert'],
  tlsKey: values['tls-key'],
  faultsToken: process.env['FAULTS_TOKEN'],
});
closeOnSignal(() => server.close());
announceReady({
  SMTP_HOST: 'localhost',
  SMTP_PORT: String(server.smtpPort),
  SMTP_USER: server.user,
  SMTP_PASSWORD: server.password,
  SMTP_FROM: server.from,
  MAIL_URL: `http://localhost:${server.port}`,
});
