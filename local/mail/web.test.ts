import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { testMail } from './test-mail.ts';

const letter = {
  from: 'Lab <no-reply@touchstone.example>',
  to: 'Ann <ann@lab.example>',
  subject: 'Certificate <b>1</b>',
  text: 'Plain words',
  html: '<p>Rich <img src="cid:logo"></p><script>alert(1)</script>',
  attachments: [
    { filename: 'Zertifikat ü.pdf', content: Buffer.from('%PDF-'), contentType: 'application/pdf' },
    { filename: 'logo.png', content: Buffer.from('png'), contentType: 'image/png', cid: 'logo' },
  ],
};

test('the JSON interface gives one mail whole, its pictures inside the HTML and its attachments beside', async t => {
  const mail = await testMail(t);
  await mail.transport().sendMail(letter);
  const { mails } = await mail.list();
  const one = await mail.get(mails[0]?.id);
  assert.equal(one.text?.trim(), 'Plain words');
  assert.match(one.html ?? '', /<img src="data:image\/png;base64,cG5n">/);
  assert.deepEqual(one.headers['From'], '"Lab" <no-reply@touchstone.example>');
  assert.deepEqual(one.attachments, [
    {
      filename: 'Zertifikat ü.pdf',
      contentType: 'application/pdf',
      bytes: 5,
      path: `/mails/${one.id}/attachments/0`,
    },
  ]);
  const file = await fetch(`${mail.url}${one.attachments[0]?.path}`);
  assert.equal(await file.text(), '%PDF-');
  assert.match(file.headers.get('content-disposition') ?? '', /^attachment; filename\*=UTF-8''Zertifikat/);
  assert.match(await (await fetch(`${mail.url}/mails/${one.id}/raw`)).text(), /^From: Lab </m);
});

test('the list comes page by page, the newest first, and can be emptied for one recipient or all', async t => {
  const mail = await testMail(t);
  for (const to of ['a@lab.example', 'b@lab.example', 'a@lab.example'])
    await mail.transport().sendMail({ ...letter, to, subject: to, attachments: [] });
  const first = await mail.list('?limit=2');
  const second = await mail.list(`?limit=2&before=${first.next}`);
  const subjects = [...first.mails, ...second.mails].map(({ subject }) => subject);
  assert.deepEqual(subjects, ['a@lab.example', 'b@lab.example', 'a@lab.example']);
  assert.equal(second.next, null);
  const remove = (path: string) => fetch(`${mail.url}${path}`, { method: 'DELETE' });
  assert.deepEqual(await (await remove('/api/mails?to=A@lab.example')).json(), { deleted: 2 });
  assert.deepEqual(await (await remove('/api/mails')).json(), { deleted: 1 });
  assert.equal((await fetch(`${mail.url}/api/mails?limit=0`)).status, 400);
  assert.equal((await fetch(`${mail.url}/api/mails/1`)).status, 404);
});

test('the pages escape what a mail says, and its HTML stands in a frame without scripts', async t => {
  const mail = await testMail(t);
  await mail.transport().sendMail(letter);
  const { mails } = await mail.list();
  const list = await (await fetch(mail.url)).text();
  assert.match(list, /<html lang="en">[\s\S]*Certificate &lt;b&gt;1&lt;\/b&gt;/);
  const answer = await fetch(`${mail.url}/mails/${mails[0]?.id}`);
  const one = await answer.text();
  assert.match(one, /<iframe title="[^"]+" src="\/mails\/\d+\/html" sandbox="[^"]*">/);
  assert.doesNotMatch(one, /<script|allow-scripts|allow-same-origin/);
  assert.match(answer.headers.get('content-security-policy') ?? '', /^default-src 'none'/);
  const frame = await fetch(`${mail.url}/mails/${mails[0]?.id}/html`);
  assert.match(
    frame.headers.get('content-security-policy') ?? '',
    /^sandbox(?!.*allow-scripts).*default-src 'none'/,
  );
});

test('another site can neither read the mails through a name of its own nor delete them', async t => {
  const mail = await testMail(t);
  const rebound = await new Promise(resolve => {
    const asked = request(`${mail.url}/api/mails`, { headers: { host: 'evil.example' } });
    asked.on('response', response => resolve(response.resume().statusCode)).end();
  });
  assert.equal(rebound, 403);
  const foreign = await fetch(`${mail.url}/delete`, {
    method: 'POST',
    headers: { origin: 'https://evil.example' },
  });
  assert.equal(foreign.status, 403);
});

test('a path of two slashes is a page that does not exist', async t => {
  const mail = await testMail(t);
  for (const path of ['//', '//[', '/api//mails'])
    assert.equal((await fetch(`${mail.url}${path}`)).status, 404);
});
