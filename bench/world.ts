import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Settings, type Stack, type StackOptions, startStack } from '../local/supervisor/stack.ts';
import { type Client, openClient } from '../scripts/demo/client.ts';
import { provisionDemo } from '../scripts/demo/provision-child.ts';
import { laboratoryPeople, passphrase } from '../scripts/demo-data/people.ts';
import { laboratoryTenant } from '../scripts/demo-data/tenants.ts';

/** A stack of its own with the demonstration laboratory, and people who are logged in there. */
export type World = {
  readonly stack: Stack;
  readonly people: People;
  close(): Promise<void>;
};

/** A client that is logged in, and its token for clients of another make. */
export type Member = Client & { readonly token: string };
export type People = { readonly manager: Member; readonly technician: Member; readonly reviewer: Member };

/** Starts the stack with these apps, `api` among them, and provisions the laboratory. */
export async function openWorld(apps: StackOptions['apps'], settings: Settings = {}): Promise<World> {
  const dataDir = mkdtempSync(join(tmpdir(), 'touchstone-bench-'));
  const stack = await startStack({ dataDir, ports: 'free', apps: apps ?? ['api'], settings });
  await provisionDemo(stack.settings);
  return {
    stack,
    people: await logInAll(stack.urls['api'] ?? ''),
    close: async () => {
      await stack.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export async function logInAll(apiUrl: string): Promise<People> {
  const origin = `http://${laboratoryTenant.slug}.localhost:${new URL(apiUrl).port}`;
  const client = openClient(origin);
  const as = async (role: string): Promise<Member> => {
    const person = laboratoryPeople.find(({ roles }) => roles.some(held => held === role));
    if (person === undefined) throw new Error(`nobody at the laboratory is ${role}`);
    const { status, body } = await client.post('/api/v1/auth/login', {
      email: person.email,
      password: passphrase,
    });
    if (status !== 200) throw new Error(`login of ${person.email} was answered ${status}`);
    const token = String(body.accessToken);
    return { ...client.as(token, passphrase), token };
  };
  const [manager, technician, reviewer] = await Promise.all([
    as('tenant-owner'),
    as('technician'),
    as('quality-manager'),
  ]);
  return { manager, technician, reviewer };
}
