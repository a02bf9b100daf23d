/** Resolves on Ctrl-C or SIGTERM. A second Ctrl-C ends the process at once; its children end with it. */
export function untilSignal(): Promise<void> {
  return new Promise(resolve => {
    let isFirst = true;
    const onSignal = (): void => {
      if (!isFirst) process.exit(130);
      isFirst = false;
      resolve();
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
    process.on('SIGHUP', onSignal);
  });
}
