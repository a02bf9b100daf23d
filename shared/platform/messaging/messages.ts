import * as z from 'zod';

/** Messages carry references only; whoever takes one reads what it refers to. */
export const JobMessage = z.object({ tenantId: z.string(), jobId: z.string() });
export type JobMessage = z.infer<typeof JobMessage>;

export const EventMessageSchema = z.object({ tenantId: z.string(), scope: z.string(), changeId: z.string() });
export type EventMessage = z.infer<typeof EventMessageSchema>;

export const DeliveryMessage = z.object({
  tenantId: z.string(),
  endpointId: z.string(),
  scope: z.string(),
  changeId: z.string(),
  event: z.number().int(),
  attempt: z.number().int(),
});
export type DeliveryMessage = z.infer<typeof DeliveryMessage>;

export const TickMessage = z.object({ tick: z.string(), slot: z.number().int() });
export type TickMessage = z.infer<typeof TickMessage>;

/** A message to send: the key of its queue or topic, under which id (duplicates within the window are dropped), what, and when. */
export type Outgoing = {
  readonly to: string;
  readonly id: string;
  readonly body: unknown;
  readonly properties?: Readonly<Record<string, string | number | boolean>>;
  readonly notBefore?: Date;
};
