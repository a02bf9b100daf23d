import type { Typed } from 'rhea';
import { type Section, sectionCode, splitSections } from './amqp-sections.ts';
import { itemsOf, pairsOf, readValue } from './amqp-values.ts';
import { type SystemProperty, systemProperty } from './sql/system-properties.ts';
import { type SqlValue, sqlValueOf } from './sql/values.ts';

/** Index in the properties list of what filters call by these names. */
const positions: Readonly<Record<SystemProperty, number>> = {
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

/** Where a system property stands in the properties list, by its name in filters in any case. Throws SyntaxError. */
export function systemPropertyIndex(name: string): number {
  return positions[systemProperty(name)];
}

/** What rules see of a message; decoded when first asked for. */
export class MessageView {
  readonly #sections: readonly Section[];
  #system: Typed[] | undefined;
  #user: Map<string, SqlValue> | undefined;

  constructor(bare: Buffer) {
    this.#sections = splitSections(bare);
  }

  /** A system property; one that the message does not have is unknown. Throws SyntaxError for a name that is none. */
  system(name: string): SqlValue {
    const index = systemPropertyIndex(name);
    const section = this.#sections.find(each => each.code === sectionCode.properties);
    this.#system ??= section === undefined ? [] : itemsOf(readValue(section.bytes));
    return sqlValueOf(this.#system[index]) ?? undefined;
  }

  /** An application property; names are compared without regard to case. */
  user(name: string): SqlValue {
    const section = this.#sections.find(each => each.code === sectionCode.applicationProperties);
    this.#user ??= new Map(
      (section === undefined ? [] : pairsOf(section.bytes)).map(([key, value]) => [
        String(key.value).toLowerCase(),
        sqlValueOf(value),
      ]),
    );
    return this.#user.get(name.toLowerCase());
  }
}
