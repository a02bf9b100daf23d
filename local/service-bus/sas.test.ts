import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { verifySas } from './sas.ts';

const signing = { name: 'k', key: 'secret', rights: ['Send'] } as const;

function token(resource: string, expiry: number, key: string = signing.key): string {
  const sr = encodeURIComponent(resource);
  const sig = createHmac('sha256', key).update(`${sr}\n${expiry}`).digest('base64');
  return `SharedAccessSignature sr=${sr}&sig=${encodeURIComponent(sig)}&se=${expiry}&skn=${signing.name}`;
}

/** The path that a token for one resource opens at second 1000, or the reason why it does not. */
function opened(resource: string, audience: string, expiry = 2000): string {
  try {
    return verifySas(() => [signing], token(resource, expiry), audience, 1_000_000).path;
  } catch (error) {
    return error instanceof Error ? (error.message.split(':')[0] ?? '') : '';
  }
}

test('a token opens its entity and what is inside of it, and no other that is called alike', () => {
  assert.equal(opened('sb://bus/jobs', 'sb://bus/jobs'), 'jobs');
  assert.equal(opened('sb://bus/Jobs/', 'amqp://bus:5672/jobs/$management'), 'jobs/$management');
  assert.equal(opened('sb://bus/', 'sb://bus/jobs'), 'jobs');
  for (const other of ['jobs-x', 'job', 'jobsx/subscriptions/jobs', ''])
    assert.equal(opened('sb://bus/jobs', `sb://bus/${other}`), 'InvalidAudience', other);
  assert.equal(opened('sb://bus/jobs', 'sb://other/jobs'), 'InvalidAudience');
});

test('a token is good before its second of expiry and never with another key', () => {
  assert.equal(opened('sb://bus/jobs', 'sb://bus/jobs', 1001), 'jobs');
  assert.equal(opened('sb://bus/jobs', 'sb://bus/jobs', 1000), 'ExpiredToken');
  assert.throws(
    () => verifySas(() => [signing], token('sb://bus/jobs', 2000, 'wrong'), 'sb://bus/jobs', 0),
    /InvalidSignature/,
  );
});
