/** Settings of the three apps that no server tells: who the platform is here and how it behaves locally. */
export function appSettings(apiPort: number): Readonly<Record<string, string>> {
  return {
    FUNCTIONS_WORKER_RUNTIME: 'node',
    TOUCHSTONE_BASE_DOMAIN: 'localhost',
    TOUCHSTONE_PUBLIC_URL: `http://{slug}.localhost:${apiPort}`,
    TOUCHSTONE_REGION: 'local',
    COSMOS_DATABASE: 'touchstone',
    MESSAGING_DIRECT_SEND: 'true',
    RELAY_INTERVAL_SECONDS: '1',
    // Everything here comes from one address: demo, tests and load.
    RATE_LIMIT_FACTOR: '10000',
    // The demo's webhook receiver listens on this machine, which production refuses to call.
    OUTBOUND_ALLOW_LOOPBACK: 'true',
  };
}
