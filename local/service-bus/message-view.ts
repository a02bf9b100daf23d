import { type Section, sectionCode, splitSections } from './amqp-sections.ts';
import { itemsOf, pairsOf, plain, readValue } from './amqp-values.ts';
import type { SqlValue } from './sql-filter.ts';

/** Index in the properties list of what filters call by these names. */
const systemProperties: Readonly<Record<string, number>> = {
  messageid: 0,
  to: 2,
  label: 3,
  subject: 3,
  replyto: 4,
  correlationid: 5,
  contenttype: 6,
  sessionid: 10,
  replytosessionid: 12,
};

/** What rules see of a message; decoded when first asked for. */
export class MessageView {
  readonly #sections: readonly Section[];
  #system: unknown[] | undefined;
  #user: Map<string, SqlValue> | undefined;

  constructor(bare: Buffer) {
    this.#sections = splitSections(bare);
  }

  /** A system property by its name in filters, in any case. */
  system(name: string): SqlValue {
    const section = this.#sections.find(each => each.code === sectionCode.properties);
    this.#system ??= section === undefined ? [] : itemsOf(readValue(section.bytes)).map(plain);
    const index = systemProperties[name.toLowerCase()];
    return index === undefined ? undefined : comparable(this.#system[index]);
  }

  /** An application property; names are compared without regard to case. */
  user(name: string): SqlValue {
    const section = this.#sections.find(each => each.code === sectionCode.applicationProperties);
    this.#user ??= new Map(
      (section === undefined ? [] : pairsOf(section.bytes)).map(([key, value]) => [
        String(key.value).toLowerCase(),
        comparable(plain(value)),
      ]),
    );
    return this.#user.get(name.toLowerCase());
  }
}

function comparable(value: unknown): SqlValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (value instanceof Date) return value.getTime();
  return Buffer.isBuffer(value) ? value.toString('hex') : undefined;
}
