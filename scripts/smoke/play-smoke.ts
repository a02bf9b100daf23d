import { type Cast, logInCast } from '../demo/cast.ts';
import { playCertificate } from '../demo/certificate.ts';
import { openClient } from '../demo/client.ts';
import { expect, expectStatus, until } from '../demo/expect.ts';
import { type MeasuredSrf, playMeasurement } from '../demo/measurement.ts';
import type { Narrator } from '../demo/narrator.ts';
import { micrometer } from '../demo-data/instruments.ts';
import { customers } from '../demo-data/laboratory.ts';
import type { Logins } from './logins.ts';
import { readPdf } from './read-pdf.ts';
import { subscribe } from './subscribe.ts';

export type SmokeOptions = {
  /** The address of one tenant: `https://smoke.<base domain>`. */
  readonly base: URL;
  readonly logins: Logins;
  /** A receiver that answers with 2xx. */
  readonly webhookUrl: string | undefined;
};

/** Instances that were just deployed start when the first request comes. */
const READY_MILLISECONDS = 120_000;

/** The main job once, by the same steps as the demonstration; any step that is not as it should be throws. */
export async function playSmoke(tell: Narrator, { base, logins, webhookUrl }: SmokeOptions): Promise<void> {
  tell.heading(base.origin);
  await tell.step(
    'is ready',
    () => ready(base.origin),
    checks => checks,
  );
  const cast = await logInCast(tell, base.origin, logins.parts, logins.passphrase);
  const subscribed = await tell.step(
    'subscribe to certificates',
    () => subscribe(cast.owner, base, webhookUrl),
    ({ url }) => url,
  );
  try {
    const srf = await playMeasurement(tell, cast);
    const pdf = await playCertificate(tell, cast, srf, subscribed.subscription);
    await tell.step(
      'the PDF says what it should',
      () => read(cast, srf, pdf),
      text => text,
    );
  } finally {
    await subscribed.end();
  }
}

async function ready(origin: string): Promise<string> {
  const ask = () =>
    openClient(origin)
      .get('/api/health/ready')
      .catch(() => undefined);
  const answer = await until(ask, reply => reply?.status === 200, READY_MILLISECONDS, 'an answer of 200');
  return answer?.body.checks.map(({ name }: { name: string }) => name).join(', ');
}

async function read({ quality }: Cast, srf: MeasuredSrf, pdf: Uint8Array): Promise<string> {
  const list = expectStatus(await quality.get(`/api/v1/certificates?srfId=${srf.id}`), 200, 'certificates');
  const { text, pages } = await readPdf(pdf);
  const [customer] = customers;
  for (const part of [list.items[0]?.number, customer.name, micrometer.model, micrometer.serial]) {
    expect(text.includes(String(part)), `the PDF contains “${part}”`);
  }
  return `${pages} pages, ${text.split(' ').length} words, number ${list.items[0]?.number}`;
}
