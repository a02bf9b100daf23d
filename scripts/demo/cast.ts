import type { Client } from './client.ts';

/** Everybody who plays a part, logged in. */
export type Cast = {
  readonly owner: Client;
  readonly sales: Client;
  readonly technician: Client;
  readonly quality: Client;
};
