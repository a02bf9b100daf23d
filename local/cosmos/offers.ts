import type { SqlRow, SqlStore } from './database.ts';
import { numberOf, textOf } from './database.ts';
import { newEtag } from './documents.ts';
import { badRequest } from './errors.ts';

/** Throughput of a database or container: fixed, or the most that autoscale may reach. Request units per second. */
export type Throughput = { readonly kind: 'manual' | 'autoscale'; readonly units: number };

/** A throughput resource. A container without one shares that of its database. */
export type Offer = {
  readonly id: string;
  readonly resourceRid: string;
  readonly throughput: Throughput;
  readonly etag: string;
  readonly ts: number;
};

const schema = `
  CREATE TABLE IF NOT EXISTS offers (
    number INTEGER PRIMARY KEY AUTOINCREMENT, resource TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, units INTEGER NOT NULL,
    etag TEXT NOT NULL, ts INTEGER NOT NULL);
`;

/** What a database or container may be given: https://learn.microsoft.com/azure/cosmos-db/concepts-limits#provisioned-throughput */
export function checkThroughput({ kind, units }: Throughput): Throughput {
  const [least, step] = kind === 'manual' ? [400, 100] : [1000, 1000];
  if (Number.isInteger(units) && units >= least && units <= 1_000_000 && units % step === 0)
    return { kind, units };
  throw badRequest(
    `Message: {"Errors":["The offer should have valid throughput values between ${least} and 1000000 inclusive in increments of ${step}."]}`,
  );
}

/** The throughput resources of the account. */
export class Offers {
  private readonly sql: SqlStore;

  constructor(sql: SqlStore) {
    this.sql = sql;
    sql.exec(schema);
  }

  all(): readonly Offer[] {
    return this.sql.all('SELECT * FROM offers ORDER BY number').map(offerOf);
  }

  find(id: string): Offer | undefined {
    return this.all().find(offer => offer.id === id);
  }

  of(resourceRid: string): Offer | undefined {
    const row = this.sql.get('SELECT * FROM offers WHERE resource = ?', resourceRid);
    return row === undefined ? undefined : offerOf(row);
  }

  set(resourceRid: string, throughput: Throughput, now: number): void {
    const { kind, units } = checkThroughput(throughput);
    this.sql.run(
      `INSERT INTO offers (resource, kind, units, etag, ts) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (resource) DO UPDATE SET kind = excluded.kind, units = excluded.units, etag = excluded.etag, ts = excluded.ts`,
      resourceRid,
      kind,
      units,
      newEtag(),
      now,
    );
  }

  drop(resourceRid: string): void {
    this.sql.run('DELETE FROM offers WHERE resource = ?', resourceRid);
  }
}

function offerOf(row: SqlRow): Offer {
  return {
    id: `o${numberOf(row, 'number').toString(36).padStart(3, '0')}`,
    resourceRid: textOf(row, 'resource'),
    throughput: {
      kind: textOf(row, 'kind') === 'autoscale' ? 'autoscale' : 'manual',
      units: numberOf(row, 'units'),
    },
    etag: textOf(row, 'etag'),
    ts: numberOf(row, 'ts'),
  };
}
