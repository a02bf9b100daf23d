import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { createTransport } from 'nodemailer';
import { serverProgram } from '../supervisor/server-bundles.ts';
import { ensureCertificates } from '../tls/certificates.ts';
import { testFolder, testMail } from './test-mail.ts';

const letter = { from: 'no-reply@touchstone.example', to: 'a@lab.example', subject: 'Hello', text: 'Words' };

test('a mail that was sent with STARTTLS and the password can be read by its recipient', async t => {
  const mail = await testMail(t);
  await mail.transport().sendMail({ ...letter, cc: 'B@Lab.example', bcc: 'c@lab.example' });
  for (const to of ['a@lab.example', 'b@lab.example', 'c@lab.example']) {
    const { mails } = await mail.list(`?to=${to}`);
    assert.deepEqual(
      mails.map(one => [one.subject, one.to]),
      [['Hello', ['a@lab.example', 'B@lab.example', 'c@lab.example']]],
    );
  }
  assert.deepEqual((await mail.list('?to=d@lab.example')).mails, []);
});

test('a client without TLS is told to start it, and one without a password to authenticate', async t => {
  const mail = await testMail(t);
  const plain = mail.transport({ ignoreTLS: true, requireTLS: false });
  await assert.rejects(plain.sendMail(letter), { code: 'EAUTH', responseCode: 538 });
  await assert.rejects(mail.transport({ auth: undefined }).sendMail(letter), {
    responseCode: 530,
    command: 'MAIL FROM',
  });
});

test('a wrong password, a foreign certificate and a sender of an unverified domain are refused', async t => {
  const mail = await testMail(t);
  const wrong = mail.transport({ auth: { user: mail.user, pass: 'guessed' } });
  await assert.rejects(wrong.sendMail(letter), { code: 'EAUTH', responseCode: 535 });
  await assert.rejects(mail.transport({ tls: {} }).sendMail(letter), { code: 'ESOCKET' });
  await assert.rejects(mail.transport().sendMail({ ...letter, from: 'me@elsewhere.example' }), {
    code: 'EENVELOPE',
    responseCode: 550,
  });
  assert.deepEqual((await mail.list()).mails, []);
});

test('a mail above ten megabytes and one with more than fifty recipients are refused', async t => {
  const mail = await testMail(t);
  const attachments = [{ filename: 'big.bin', content: Buffer.alloc(8_000_000) }];
  await assert.rejects(mail.transport().sendMail({ ...letter, attachments }), { responseCode: 552 });
  const to = Array.from({ length: 51 }, (_, index) => `p${index}@lab.example`);
  const { accepted, rejected } = await mail.transport().sendMail({ ...letter, to });
  assert.deepEqual([accepted?.length, rejected], [50, ['p50@lab.example']]);
});

test('what was acknowledged survives SIGKILL, and the password stays the same', async t => {
  const folder = testFolder(t);
  const tls = await ensureCertificates(folder);
  const program = await serverProgram('mail');
  const start = async () => {
    const child = spawn(
      process.execPath,
      [
        program,
        ...['--port', '0', '--smtp-port', '0', '--data', join(folder, 'mail')],
        ...['--tls-cert', tls.cert, '--tls-key', tls.key],
      ],
      { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], env: { ...process.env, NODE_TEST_CONTEXT: undefined } },
    );
    t.after(() => child.kill('SIGKILL'));
    const [line] = await once(createInterface({ input: child.stdout ?? process.stdin }), 'line');
    return { child, settings: JSON.parse(String(line)).settings };
  };
  const first = await start();
  const { SMTP_HOST, SMTP_PORT, SMTP_USER, SMTP_PASSWORD, SMTP_FROM } = first.settings;
  await createTransport({
    host: SMTP_HOST,
    port: Number(SMTP_PORT),
    auth: { user: SMTP_USER, pass: SMTP_PASSWORD },
    tls: { rejectUnauthorized: false },
  }).sendMail({ ...letter, from: SMTP_FROM });
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  const second = await start();
  assert.equal(second.settings.SMTP_PASSWORD, SMTP_PASSWORD);
  const listed = await (await fetch(`${second.settings.MAIL_URL}/api/mails`)).json();
  assert.equal(Object(listed).mails.length, 1);
});
