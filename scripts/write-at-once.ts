/**
 * Loaded before each test file: what it reports is written before the next statement runs. Its process ends itself with its last test
 * (`forceExit`), and what still waited to be written then would be lost: on Linux a child's output is a socket, whose writes wait.
 * https://nodejs.org/api/process.html#a-note-on-process-io
 */
type Blocking = { readonly _handle?: { setBlocking?(isBlocking: boolean): void } };

for (const stream of [process.stdout, process.stderr]) (stream as Blocking)._handle?.setBlocking?.(true);
