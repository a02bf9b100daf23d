import { writeFileSync } from 'node:fs';
import { laboratoryParts, passphrase, rivalPeople } from '../demo-data/people.ts';
import { rivalTenant } from '../demo-data/tenants.ts';
import { logInCast } from './cast.ts';
import { playCertificate } from './certificate.ts';
import { type Client, logIn } from './client.ts';
import { playExample } from './example.ts';
import { expect } from './expect.ts';
import { playIsolation } from './isolation.ts';
import { type MeasuredSrf, playMeasurement } from './measurement.ts';
import { type Narrator, narrator } from './narrator.ts';
import { playNewTenant } from './new-tenant.ts';
import type { Stage } from './operators.ts';
import { openReceiver, type Receiver } from './receiver.ts';
import { playRecords } from './records.ts';
import { hearAt } from './subscription.ts';

/**
 * The whole demonstration against the laboratory at `origin`; the certificate is written to `output`, invitations are read on
 * the page of the local mail server.
 */
export async function play({ origin, mailUrl }: Stage, output: string): Promise<void> {
  const tell = narrator();
  const started = performance.now();
  const receiver = await openReceiver();
  try {
    tell.heading('People and a subscriber');
    const cast = await logInCast(tell, origin, laboratoryParts, passphrase);
    await subscribe(tell, cast.owner, receiver);
    const srf = await playMeasurement(tell, cast);
    const pdf = await playCertificate(tell, cast, srf, hearAt(receiver));
    writeFileSync(output, pdf);
    await playRecords(tell, cast, srf);
    await playExample(tell, cast);
    await playRival(tell, origin, srf);
    await playNewTenant(tell, { origin, mailUrl });
  } finally {
    await receiver.close();
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`\n${tell.steps} steps in ${seconds} s. The certificate is in ${output}.\n`);
}

async function subscribe(tell: Narrator, owner: Client, receiver: Receiver): Promise<void> {
  await tell.step(
    'register a webhook and read its secret',
    async () => {
      const eventTypes = ['calibration.certificate.*', 'platform.job.*'];
      const endpoint = await owner.post('/api/v1/webhook-endpoints', { url: receiver.url, eventTypes });
      expect(endpoint.status === 201, 'the endpoint is registered');
      const { body } = await owner.get(`/api/v1/webhook-endpoints/${endpoint.body.id}/secret`);
      receiver.trust(body.secret);
    },
    () => receiver.url,
  );
}

async function playRival(tell: Narrator, origin: string, srf: MeasuredSrf): Promise<void> {
  const [stranger] = rivalPeople;
  const elsewhere = new URL(origin);
  elsewhere.hostname = elsewhere.hostname.replace(/^[^.]+/, rivalTenant.slug);
  const rival = await logIn(elsewhere.origin, stranger.email, passphrase);
  await playIsolation(tell, rival, srf);
}
