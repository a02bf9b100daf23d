import type { Client } from './client.ts';
import { expect, expectStatus, until } from './expect.ts';
import type { Receiver } from './receiver.ts';

/** The certificate that somebody waits to hear of. */
export type Awaited = { readonly srfId: string; readonly certificateId: string };

export type Heard = {
  /** The `webhook-id` of the delivery. */
  readonly id: string;
  /** The SHA-256 of the PDF that was told; undefined where the body is not seen. */
  readonly sha256?: string;
};

/** A way to hear that a certificate was issued. */
export type Subscription = {
  /** What hearing is called in the list of steps. */
  readonly title: string;
  hear(certificate: Awaited): Promise<Heard>;
};

/** `delivered`: the receiver took it. `answered`: it went out, and an HTTP server said something. */
export type Proof = 'delivered' | 'answered';

const ISSUED = 'calibration.certificate.issued';
const HEAR_MILLISECONDS = 60_000;

/** Hears by a receiver of ours, which must trust the endpoint's secret. */
export function hearAt(receiver: Receiver): Subscription {
  return {
    title: 'the webhook arrives, signed',
    hear: async ({ srfId, certificateId }) => {
      const { id, data, signed } = await receiver.waitFor(
        delivery => delivery.type === ISSUED && delivery.data['srfId'] === srfId,
        HEAR_MILLISECONDS,
      );
      expect(signed, 'the webhook is signed with our secret');
      expect(data['certificateId'] === certificateId, 'the webhook is about the certificate');
      return { id, sha256: String(data['sha256']) };
    },
  };
}

type Delivery = {
  readonly id: string;
  readonly eventType: string;
  readonly changeId: string;
  readonly state: string;
  readonly attempts: readonly { readonly status: number | null; readonly error: string | null }[];
};

/** Hears by the endpoint's own log of deliveries, for receivers that we cannot look into. */
export function hearByLog(owner: Client, endpointId: string, proof: Proof): Subscription {
  const attempted = (delivery: Delivery | undefined): delivery is Delivery =>
    delivery !== undefined && (proof === 'delivered' ? delivery.attempts.length > 0 : answered(delivery));
  return {
    title: proof === 'delivered' ? 'the webhook is delivered' : 'the webhook goes out and is answered',
    hear: async ({ certificateId }) => {
      const delivery = await until(
        () => deliveryOf(owner, endpointId, certificateId),
        attempted,
        HEAR_MILLISECONDS,
        'the attempt to deliver the webhook',
      );
      const last = delivery?.attempts.at(-1);
      const well = proof === 'answered' || delivery?.state === 'delivered';
      expect(well, `the receiver takes the webhook, not ${last?.error ?? 'nothing'}`);
      return { id: delivery?.id ?? '' };
    },
  };
}

function answered({ attempts }: Delivery): boolean {
  return attempts.some(({ status }) => status !== null);
}

async function deliveryOf(
  owner: Client,
  endpointId: string,
  certificateId: string,
): Promise<Delivery | undefined> {
  const [log, history] = await Promise.all([
    owner.get(`/api/v1/webhook-endpoints/${endpointId}/deliveries`),
    owner.get(`/api/v1/certificates/${certificateId}/history`),
  ]);
  const changes: readonly { id: string }[] = expectStatus(history, 200, 'the history').items;
  const deliveries: readonly Delivery[] = expectStatus(log, 200, 'the log of deliveries').items;
  return deliveries.find(
    ({ eventType, changeId }) => eventType === ISSUED && changes.some(({ id }) => id === changeId),
  );
}
