import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { defineFaults } from '../../kernel/index.ts';

/** OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane. */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
const TAG_BYTES = 32;
/**
 * Each hash takes 19 MiB, a thread of the pool and a processor for as long as it takes. One processor is left to everybody else's
 * requests where there are several (`npm run bench -- logins`).
 */
const MOST_AT_ONCE = Math.max(1, Math.min(availableParallelism() - 1, 4));
/** Beyond this a flood of logins is turned away instead of making everybody wait. */
const MOST_WAITING = 64;

export const passwordFault = defineFaults({ 'platform.login_busy': { status: 503, retry: 'later' } });

const derive = promisify(argon2);
const waiting: (() => void)[] = [];
let running = 0;

/** The password as a PHC string: `$argon2id$v=19$m=…,t=…,p=…$salt$hash`. Off the main thread. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const tag = await bounded(() => tagOf(password, salt, MEMORY_KIB, PASSES, LANES));
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${unpadded(salt)}$${unpadded(tag)}`;
}

/** Whether a hash was made with weaker parameters than today's; the next login makes it anew. */
export function isOutdated(phc: string): boolean {
  return !phc.startsWith(`$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$`);
}

/** Whether the password has this hash. Takes as long for a wrong one. */
export async function verifyPassword(password: string, phc: string): Promise<boolean> {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(phc);
  const [, memory, passes, lanes, salt, tag] = match ?? [];
  if (salt === undefined || tag === undefined) return false;
  const expected = Buffer.from(tag, 'base64');
  const actual = await bounded(() =>
    tagOf(password, Buffer.from(salt, 'base64'), Number(memory), Number(passes), Number(lanes)),
  );
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

function tagOf(
  password: string,
  salt: Buffer,
  memory: number,
  passes: number,
  parallelism: number,
): Promise<Buffer> {
  const message = Buffer.from(password.normalize('NFC'));
  return derive('argon2id', { message, nonce: salt, memory, passes, parallelism, tagLength: TAG_BYTES });
}

async function bounded<T>(work: () => Promise<T>): Promise<T> {
  if (waiting.length >= MOST_WAITING) throw passwordFault('platform.login_busy');
  if (running >= MOST_AT_ONCE) await new Promise<void>(resolve => waiting.push(resolve));
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
