import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wants } from './fan-out.ts';
import { assertReachable } from './outbound.ts';
import { newWebhookSecret, signatureOf, webhookIdOf } from './signature.ts';

test('signs as the test vector of Standard Webhooks does', () => {
  const signature = signatureOf(
    // secretlint-disable-next-line -- the example of the standard
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    'msg_p5jXN8AQM9LWM0D4loKWxJek',
    1614265330,
    '{"test": 2432232314}',
  );
  assert.equal(signature, 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

test('secrets have 32 random bytes and are never the same', () => {
  const secret = newWebhookSecret();
  assert.match(secret, /^whsec_/);
  assert.equal(Buffer.from(secret.slice(6), 'base64').length, 32);
  assert.notEqual(secret, newWebhookSecret());
});

test('every attempt at one endpoint has the same id, and no two endpoints share one', () => {
  assert.equal(webhookIdOf('whk_a', 'chg_1', 0), webhookIdOf('whk_a', 'chg_1', 0));
  assert.notEqual(webhookIdOf('whk_a', 'chg_1', 0), webhookIdOf('whk_b', 'chg_1', 0));
  assert.notEqual(webhookIdOf('whk_a', 'chg_1', 0), webhookIdOf('whk_a', 'chg_1', 1));
});

test('filters take a type, a branch, or everything', () => {
  assert.equal(wants(['calibration.*'], 'calibration.certificate.issued'), true);
  assert.equal(wants(['calibration.certificate.issued'], 'calibration.certificate.issued'), true);
  assert.equal(wants(['calibration.*'], 'calibrationx.y'), false);
  assert.equal(wants(['*'], 'anything.at_all'), true);
  assert.equal(wants(['platform.job.failed'], 'platform.job.succeeded'), false);
});

const strict = { allowLoopback: false };

test('addresses of private, loopback, link-local and metadata networks are refused', async () => {
  const hosts = [
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '168.63.129.16',
    '169.254.169.254',
    '100.64.0.1',
    '[::1]',
    '[fe80::1]',
    '[::ffff:10.0.0.1]',
    '[fd00::1]',
    '0.0.0.0',
    'localhost',
  ];
  for (const host of hosts) {
    await assert.rejects(
      assertReachable(new URL(`https://${host}/`), strict),
      { code: 'platform.webhook_unreachable_address' },
      host,
    );
  }
});

test('for development this very machine is reached without TLS, and nothing else that is private', async () => {
  const local = { allowLoopback: true };
  assert.deepEqual(await assertReachable(new URL('http://127.0.0.1:8080/'), local), {
    address: '127.0.0.1',
    family: 4,
  });
  assert.equal((await assertReachable(new URL('http://[::1]/'), local)).address, '::1');
  for (const host of ['169.254.169.254', '10.0.0.8', '[fd00::1]'])
    await assert.rejects(
      assertReachable(new URL(`https://${host}/`), local),
      { code: 'platform.webhook_unreachable_address' },
      host,
    );
  await assert.rejects(assertReachable(new URL('http://93.184.216.34/'), local), {
    code: 'platform.webhook_insecure',
  });
});

test('plain http is refused where private addresses are', async () => {
  await assert.rejects(assertReachable(new URL('http://93.184.216.34/'), strict), {
    code: 'platform.webhook_insecure',
  });
});

test('a public address is reachable, and the caller learns which one', async () => {
  assert.deepEqual(await assertReachable(new URL('https://93.184.216.34/'), strict), {
    address: '93.184.216.34',
    family: 4,
  });
});
