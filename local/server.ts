/**
 * What every server of the local stack is to the supervisor that starts it.
 *
 * A server is its own process: `node local/<name>/main.ts --port N --data DIR …`. When it accepts
 * connections it prints exactly one JSON line on stdout, `{"ready":true,"settings":{…}}`, whose settings are
 * the environment that a client needs, named as in local.settings.json. Everything else that it
 * prints goes to stderr. It ends on SIGTERM within a second and survives SIGKILL at any instant.
 */
export type ReadyLine = { readonly ready: true; readonly settings: Readonly<Record<string, string>> };

/** Tells the supervisor that the server accepts connections, and which settings a client needs. */
export function announceReady(settings: Readonly<Record<string, string>>): void {
  process.stdout.write(`${JSON.stringify({ ready: true, settings } satisfies ReadyLine)}\n`);
}

/**
 * Calls `close` once, on SIGTERM, SIGINT or the end of the supervisor, then ends the process. A second of them ends it at
 * once: whoever asks again does not want to wait.
 */
export function closeOnSignal(close: () => Promise<void>): void {
  let closing = false;
  const end = (): void => {
    if (closing) process.exit(1);
    closing = true;
    close().then(
      () => process.exit(0),
      error => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  process.on('disconnect', end);
}
