/** Bare argon2id with the parameters of the product (OWASP: 19 MiB, two passes, one lane), as often as a process can. */
import { argon2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { answerOrder } from './child-process.ts';
import { type Lanes, runLanes } from './lanes.ts';

const derive = promisify(argon2);
const parameters = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 };

answerOrder((lanes: Lanes) =>
  runLanes(lanes, async () => {
    const message = Buffer.from('a passphrase of no importance');
    await derive('argon2id', { ...parameters, message, nonce: randomBytes(16) });
  }),
);
