import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';

/** A mail as a list shows it. Sender and recipients are those of the envelope, so blind copies are among them. */
export type MailSummary = {
  readonly id: number;
  /** ISO 8601. */
  readonly receivedAt: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly bytes: number;
};

export type NewMail = {
  readonly receivedAtMs: number;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  /** The message as it came over the wire (RFC 5322). */
  readonly raw: Buffer;
};

/** A page of mails, the newest first; `next` is what `before` must be for the page after it. */
export type MailPage = { readonly mails: readonly MailSummary[]; readonly next: number | undefined };

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS mails (
    id INTEGER PRIMARY KEY AUTOINCREMENT, receivedAtMs INTEGER NOT NULL, sender TEXT NOT NULL,
    recipients TEXT NOT NULL, subject TEXT NOT NULL, raw BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS recipients (
    address TEXT NOT NULL, mail INTEGER NOT NULL REFERENCES mails ON DELETE CASCADE,
    PRIMARY KEY (address, mail)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS recipientsOfMail ON recipients (mail);`;

const COLUMNS = 'id, receivedAtMs, sender, recipients, subject, length(raw) AS bytes';

const row = z.object({
  id: z.int(),
  receivedAtMs: z.int(),
  sender: z.string(),
  recipients: z.string(),
  subject: z.string(),
  bytes: z.int(),
});

/** The mails that were caught, in SQLite. What `add` has returned survives SIGKILL. */
export class MailStore {
  readonly #database: DatabaseSync;
  /** Called inside of each commit, as the place where a disk may be slow. */
  onCommit = (): void => undefined;

  constructor(dataDir: string) {
    mkdirSync(dataDir, { recursive: true });
    this.#database = new DatabaseSync(join(dataDir, 'mail.sqlite'));
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;');
    this.#database.exec(SCHEMA);
  }

  add({ receivedAtMs, from, to, subject, raw }: NewMail): number {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const { lastInsertRowid } = this.#database
        .prepare('INSERT INTO mails (receivedAtMs, sender, recipients, subject, raw) VALUES (?, ?, ?, ?, ?)')
        .run(receivedAtMs, from, JSON.stringify(to), subject, raw);
      const recipient = this.#database.prepare('INSERT OR IGNORE INTO recipients VALUES (?, ?)');
      for (const address of to) recipient.run(address.toLowerCase(), lastInsertRowid);
      this.onCommit();
      this.#database.exec('COMMIT');
      return Number(lastInsertRowid);
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** Mails to an address (compared without regard to case), or all; with ids below `before`. */
  list(to: string | undefined, before: number, limit: number): MailPage {
    const rows =
      to === undefined
        ? this.#database
            .prepare(`SELECT ${COLUMNS} FROM mails WHERE id < ? ORDER BY id DESC LIMIT ?`)
            .all(before, limit + 1)
        : this.#database
            .prepare(
              `SELECT ${COLUMNS} FROM recipients JOIN mails ON mails.id = recipients.mail
               WHERE address = ? AND mail < ? ORDER BY mail DESC LIMIT ?`,
            )
            .all(to.toLowerCase(), before, limit + 1);
    const mails = rows.slice(0, limit).map(summary);
    return { mails, next: rows.length > limit ? mails.at(-1)?.id : undefined };
  }

  get(id: number): { readonly summary: MailSummary; readonly raw: Buffer } | undefined {
    const found = this.#database.prepare(`SELECT ${COLUMNS}, raw FROM mails WHERE id = ?`).get(id);
    if (found === undefined) return undefined;
    const { raw } = z.object({ raw: z.instanceof(Uint8Array) }).parse(found);
    return { summary: summary(found), raw: Buffer.from(raw) };
  }

  /** Deletes the mails to an address from everybody's list, or all; tells how many. */
  delete(to: string | undefined): number {
    const { changes } =
      to === undefined
        ? this.#database.prepare('DELETE FROM mails').run()
        : this.#database
            .prepare('DELETE FROM mails WHERE id IN (SELECT mail FROM recipients WHERE address = ?)')
            .run(to.toLowerCase());
    return Number(changes);
  }

  close(): void {
    this.#database.close();
  }
}

function summary(found: unknown): MailSummary {
  const { id, receivedAtMs, sender, recipients, subject, bytes } = row.parse(found);
  return {
    id,
    receivedAt: new Date(receivedAtMs).toISOString(),
    from: sender,
    to: z.array(z.string()).parse(JSON.parse(recipients)),
    subject,
    bytes,
  };
}
