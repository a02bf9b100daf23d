/** The system properties that filters and actions can use, all of which can be set. */
const usable = [
  ...['messageid', 'to', 'label', 'subject', 'replyto', 'correlationid', 'contenttype', 'sessionid'],
  'replytosessionid',
] as const;

export type SystemProperty = (typeof usable)[number];

/** Those of the service that this server does not show to rules. */
const withheld = [
  ...['partitionkey', 'viapartitionkey', 'timetolive', 'scheduledenqueuetimeutc', 'enqueuedtimeutc', 'state'],
  ...['expiresatutc', 'sequencenumber', 'enqueuedsequencenumber', 'deliverycount', 'size', 'locktoken'],
  ...['lockeduntilutc', 'deadlettersource'],
];

/**
 * The system property of a name in any case. Throws SyntaxError for one that is none: rules that name it are refused when
 * they are made, and those that name one the service has and this server withholds are, too.
 */
export function systemProperty(name: string): SystemProperty {
  const key = name.toLowerCase();
  const found = usable.find(each => each === key);
  if (found !== undefined) return found;
  if (withheld.includes(key)) {
    throw new SyntaxError(`The local Service Bus does not show the system property '${name}' to rules.`);
  }
  throw new SyntaxError(`There is no system property '${name}'.`);
}
