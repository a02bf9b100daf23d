import { type Client, logIn } from './client.ts';
import type { Narrator } from './narrator.ts';

/** Everybody who plays a part, logged in. */
export type Cast = {
  readonly owner: Client;
  readonly sales: Client;
  readonly technician: Client;
  readonly quality: Client;
};

/** Who plays which part, by e-mail. */
export type Parts = Readonly<Record<keyof Cast, string>>;

/** Logs everybody in at a tenant's host, all with the same passphrase. */
export async function logInCast(
  tell: Narrator,
  origin: string,
  parts: Parts,
  passphrase: string,
): Promise<Cast> {
  const { owner, technician, quality, sales } = parts;
  return tell.step(
    'log in',
    async () => ({
      owner: await logIn(origin, owner, passphrase),
      technician: await logIn(origin, technician, passphrase),
      quality: await logIn(origin, quality, passphrase),
      sales: await logIn(origin, sales, passphrase),
    }),
    () => [owner, technician, quality, sales].join(', '),
  );
}
