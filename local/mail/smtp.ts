import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import type { Faults } from '../faults/faults.ts';
import type { OperationOf } from '../faults/vocabulary.ts';
import { parseMessage } from './message.ts';
import { refusal } from './replies.ts';
import type { MailStore } from './store.ts';

export type SmtpOptions = {
  /** 0 takes a free port. */
  readonly port: number;
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly user: string;
  readonly password: string;
  /** The only domain that mails may come from, as with a provider that has verified one. */
  readonly senderDomain: string;
};

type Step = Exclude<OperationOf<'mail'>, 'commit'>;
type Refuse = (error: Error) => void;
/** Goes on with a step; `cut` replaces its answer. */
type Go = (cut: ((...answer: unknown[]) => void) | undefined) => void;

export type SmtpServer = { readonly port: number; close(): Promise<void> };

/**
 * Limits of Azure Communication Services Email:
 * https://learn.microsoft.com/azure/communication-services/concepts/service-limits#size-limits-for-email
 */
const MOST_BYTES = 10_000_000;
const MOST_RECIPIENTS = 50;

/**
 * Accepts mails on 127.0.0.1 as a provider's submission endpoint does (RFC 6409): after STARTTLS and AUTH only, from
 * the one sender domain, and acknowledged once they are on disk.
 */
export async function startSmtp(
  options: SmtpOptions,
  store: MailStore,
  faults: Faults<'mail'>,
): Promise<SmtpServer> {
  /** Lets a rule wait, refuse, or cut the connection now or instead of the answer; goes on otherwise. */
  const meet = (step: Step, target: string, { id }: SMTPServerSession, refuse: Refuse, go: Go): void => {
    const { delayMs, effect } = faults.strike({ operation: step, entity: target, target });
    const cut = (): void => cutConnection(server, id);
    const act = (): void => {
      if (effect?.effect === 'status') refuse(refusal(effect.status));
      else if (effect?.effect !== 'reset') go(undefined);
      else if (effect.at === 'before') cut();
      else go(cut);
    };
    if (delayMs === 0) act();
    else setTimeout(act, delayMs);
  };
  const server = new SMTPServer({
    name: 'localhost',
    banner: 'Touchstone local mail',
    cert: options.cert,
    key: options.key,
    authMethods: ['PLAIN', 'LOGIN'],
    hideENHANCEDSTATUSCODES: false,
    disableReverseLookup: true,
    size: MOST_BYTES,
    rejectOversized: true,
    maxRecipients: MOST_RECIPIENTS,
    closeTimeout: 100,
    onConnect: (session, done) => meet('connect', '', session, done, cut => (cut ?? done)()),
    onAuth: ({ username = '', password }, session, done) =>
      meet('auth', username, session, done, cut => {
        const known = isSame(username, options.user) && isSame(password ?? '', options.password);
        if (cut !== undefined) cut();
        else if (known) done(null, { user: username });
        else done(refusal(535));
      }),
    onMailFrom: ({ address }, session, done) =>
      meet('from', address, session, done, cut => {
        const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
        const why = `The sender's domain is not verified; it must be ${options.senderDomain}`;
        if (cut !== undefined) cut();
        else done(domain === options.senderDomain ? null : refusal(550, why));
      }),
    onRcptTo: ({ address }, session, done) => meet('to', address, session, done, cut => (cut ?? done)()),
    onData: (stream, session, done) => {
      const refuse = (error: Error): void => {
        stream.resume();
        done(error);
      };
      meet('data', recipientsOf(session), session, refuse, cut => {
        receive(stream, session, store).then(
          id => (cut ?? done)(null, id === undefined ? undefined : `Queued as ${id}`),
          (error: Error) => done(error),
        );
      });
    },
  });
  server.on('error', error => process.stderr.write(`smtp: ${error.message}\n`));
  const listener = server.listen(options.port, '127.0.0.1');
  await once(listener, 'listening');
  return {
    port: (listener.address() as AddressInfo).port, // a TCP server has no other kind of address
    close: () => new Promise(resolve => server.close(resolve)),
  };
}

function cutConnection(server: SMTPServer, id: string): void {
  for (const connection of server.connections) if (connection.id === id) connection._socket.destroy();
}

function recipientsOf({ envelope }: SMTPServerSession): string {
  return envelope.rcptTo.map(({ address }) => address).join(' ');
}

/** Keeps a mail; undefined for one that is too large, which is refused by the server itself. */
async function receive(
  stream: SMTPServerDataStream,
  { envelope }: SMTPServerSession,
  store: MailStore,
): Promise<number | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) if (!stream.sizeExceeded) chunks.push(Buffer.from(chunk));
  if (stream.sizeExceeded) return undefined;
  const raw = Buffer.concat(chunks);
  const { subject } = await parseMessage(raw);
  return store.add({
    receivedAtMs: Date.now(),
    from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
    to: envelope.rcptTo.map(({ address }) => address),
    subject,
    raw,
  });
}

function isSame(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
