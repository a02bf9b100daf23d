import { type Element, text, writeXml } from './xml.ts';

const atom = { xmlns: 'http://www.w3.org/2005/Atom' };

/** The namespace of descriptions; `i` is the prefix of types in them. */
export const descriptionNamespaces = {
  xmlns: 'http://schemas.microsoft.com/netservices/2010/10/servicebus/connect',
  'xmlns:i': 'http://www.w3.org/2001/XMLSchema-instance',
};

/** An entity or rule as the administration client sees it. Times in milliseconds since the epoch. */
export type Entry = {
  /** Its address, from which clients read its name. */
  readonly url: string;
  readonly title: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly description: Element;
};

/** One entry as a document. */
export function writeEntry(entry: Entry): string {
  return writeXml({ ...entryElement(entry), attributes: atom });
}

/** A page of entries; `next` leads to the page after it. */
export function writeFeed(title: string, url: string, entries: readonly Entry[], next?: string): string {
  const link = (rel: string, href: string): Element => ({ name: 'link', attributes: { rel, href } });
  return writeXml({
    name: 'feed',
    attributes: atom,
    content: [
      { name: 'title', attributes: { type: 'text' }, content: title },
      text('id', url),
      text('updated', moment(Date.now())),
      link('self', url),
      next === undefined ? undefined : link('next', next),
      ...entries.map(entryElement),
    ],
  });
}

/** An error as the service words it. */
export function writeError(status: number, detail: string): string {
  return writeXml({ name: 'Error', content: [text('Code', status), text('Detail', detail)] });
}

/** A moment in UTC; year one, as in .NET, when there was none. */
export function moment(at: number): string {
  return at === 0 ? '0001-01-01T00:00:00Z' : new Date(at).toISOString();
}

function entryElement({ url, title, createdAt, updatedAt, description }: Entry): Element {
  return {
    name: 'entry',
    content: [
      text('id', url),
      { name: 'title', attributes: { type: 'text' }, content: title },
      text('published', moment(createdAt)),
      text('updated', moment(updatedAt)),
      { name: 'link', attributes: { rel: 'self', href: url } },
      { name: 'content', attributes: { type: 'application/xml' }, content: [description] },
    ],
  };
}
