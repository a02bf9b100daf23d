import { randomUUID } from 'node:crypto';

export type Reply = { readonly status: number; readonly body: object };

/** The endpoint of App Service words its errors so, and not as OAuth does. */
export function refusal(statusCode: number, message: string): Reply {
  return { status: statusCode, body: { statusCode, message, correlationId: randomUUID() } };
}
