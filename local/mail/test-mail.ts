import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createTransport, type Transporter } from 'nodemailer';
import { ensureCertificates } from '../tls/certificates.ts';
import { type MailServer, startMailServer } from './server.ts';
import type { MailSummary } from './store.ts';
import type { MailInFull } from './web.ts';

export type TestMail = MailServer & {
  readonly url: string;
  readonly ca: string;
  /** A sender as the product makes one: STARTTLS, the password, and whatever the test wants different. */
  readonly transport: (options?: object) => Transporter;
  /** Reads lists and single mails through the JSON interface. */
  readonly list: (query?: string) => Promise<{ mails: MailSummary[]; next: number | null }>;
  readonly get: (id: number | undefined) => Promise<MailInFull>;
};

/** A mail server on free ports that ends with the test, on a folder of its own or an earlier one's. */
export async function testMail(test: TestContext, dataDir = testFolder(test)): Promise<TestMail> {
  const tls = await ensureCertificates(dataDir);
  const server = await startMailServer({
    port: 0,
    smtpPort: 0,
    dataDir: join(dataDir, 'mail'),
    tlsCert: tls.cert,
    tlsKey: tls.key,
  });
  test.after(() => server.close());
  const ca = readFileSync(tls.ca, 'utf8');
  const url = `http://localhost:${server.port}`;
  const read = async <T>(path: string): Promise<T> => (await fetch(`${url}${path}`)).json() as T; // what web.ts says
  return {
    ...server,
    url,
    ca,
    transport: (options = {}) =>
      createTransport({
        host: 'localhost',
        port: server.smtpPort,
        requireTLS: true,
        auth: { user: server.user, pass: server.password },
        tls: { ca },
        ...options,
      }),
    list: (query = '') => read(`/api/mails${query}`),
    get: id => read(`/api/mails/${id}`),
  };
}

/** A new folder that goes with the test. */
export function testFolder(test: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-mail-'));
  test.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
