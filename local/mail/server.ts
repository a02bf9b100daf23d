import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Faults } from '../faults/faults.ts';
import { startSmtp } from './smtp.ts';
import { MailStore } from './store.ts';
import { startWeb } from './web.ts';

export type MailOptions = {
  /** Of the page and its JSON interface; 0 takes a free one. */
  readonly port: number;
  readonly smtpPort: number;
  readonly dataDir: string;
  readonly tlsCert: string;
  readonly tlsKey: string;
  readonly faultsToken?: string | undefined;
};

export type MailServer = {
  readonly port: number;
  readonly smtpPort: number;
  readonly user: string;
  readonly password: string;
  /** An address of the domain that mails must come from. */
  readonly from: string;
  close(): Promise<void>;
};

const USER = 'touchstone';
/** Reserved for examples (RFC 2606), so that no mail can reach anybody by mistake. */
const SENDER_DOMAIN = 'touchstone.example';

/** Starts the SMTP endpoint and the page. The password is made once per data directory. */
export async function startMailServer(options: MailOptions): Promise<MailServer> {
  const password = loadPassword(options.dataDir);
  const store = new MailStore(options.dataDir);
  const faults = new Faults('mail');
  store.onCommit = () => faults.stallDisk();
  const smtp = await startSmtp(
    {
      port: options.smtpPort,
      cert: readFileSync(options.tlsCert),
      key: readFileSync(options.tlsKey),
      user: USER,
      password,
      senderDomain: SENDER_DOMAIN,
    },
    store,
    faults,
  );
  const web = await startWeb({ port: options.port, faultsToken: options.faultsToken }, store, faults);
  return {
    port: web.port,
    smtpPort: smtp.port,
    user: USER,
    password,
    from: `no-reply@${SENDER_DOMAIN}`,
    close: async () => {
      await Promise.all([smtp.close(), web.close()]);
      store.close();
    },
  };
}

function loadPassword(dataDir: string): string {
  const file = join(dataDir, 'smtp-password');
  mkdirSync(dataDir, { recursive: true });
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}
