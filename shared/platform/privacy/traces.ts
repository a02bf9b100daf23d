import type { Keyring } from '../keys/index.ts';
import { type KeptReply, keptReplies, type Store, type Stored } from '../records/index.ts';

type Row = { readonly id: string };

/** Claims are an HMAC of an address, states how somebody proved who they are and from where. Both go. */
export async function removeTraces(
  tools: { readonly store: Store; readonly keyring: Keyring },
  tenant: string,
  person: string,
  scopes: readonly string[],
): Promise<number> {
  const claims = await tools.store.query<Row>([tenant, 'directory'], {
    text: "SELECT c.id FROM c WHERE c.type = 'claim' AND c.owner = @person",
    parameters: { person },
  });
  const states = await tools.store.query<Row>([tenant, person], {
    text: "SELECT c.id FROM c WHERE c.type = 'state'",
    parameters: {},
  });
  // What was on its way about their address.
  const pending = await tools.store.query<Row>([tenant, 'directory'], {
    text: "SELECT c.id FROM c WHERE c.type = 'state' AND c.kind = 'platform.email_change' AND c.id = @id",
    parameters: { id: `email_${person}` },
  });
  let removed = await removeAll(tools.store, [tenant, 'directory'], claims);
  removed += await removeAll(tools.store, [tenant, person], states);
  removed += await removeAll(tools.store, [tenant, 'directory'], pending);
  for (const scope of new Set([...scopes, 'directory', person])) {
    const replies = await keptReplies(tools, tenant, scope);
    const mentioning = replies.filter(({ reply }: KeptReply) => JSON.stringify(reply).includes(person));
    removed += await removeAll(tools.store, [tenant, scope], mentioning);
  }
  return removed;
}

async function removeAll(
  store: Store,
  key: readonly string[],
  rows: readonly (Row | Stored<Row>)[],
): Promise<number> {
  await Promise.all(rows.map(({ id }) => store.remove(key, id)));
  return rows.length;
}
