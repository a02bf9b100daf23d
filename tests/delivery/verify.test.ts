import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import { generate } from 'selfsigned';
import { closed, type DataKind, direct } from '../../scripts/delivery/closed-doors.ts';
import { headers, oldTls, plainHttp } from '../../scripts/delivery/outside-checks.ts';
import { provisionDemo } from '../../scripts/demo/provision-child.ts';
import { testStack } from '../stack.ts';

const script = join(import.meta.dirname, '..', '..', 'scripts', 'delivery', 'verify-deployment.ts');
const { settings, urls } = testStack();
const { port } = new URL(urls['api'] ?? '');

function verify(...args: string[]): Promise<{ readonly code: number; readonly said: string }> {
  return new Promise(resolve => {
    const child = execFile(process.execPath, [script, ...args], (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, said: stdout + stderr }),
    );
  });
}

/** Listens on a free port while `work` runs. A TLS server is one of these, too. */
async function withServer(server: NetServer, work: (port: number) => Promise<void>): Promise<void> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  try {
    await work((server.address() as AddressInfo).port);
  } finally {
    server.close();
  }
}

describe('the check of a deployment from outside', () => {
  before(() => provisionDemo(settings));

  test('finds the local stack as it should be', async () => {
    const { code, said } = await verify(`http://lab.localhost:${port}`);
    assert.equal(code, 0, said);
    for (const check of ['health', 'tenant', 'headers', 'forged host'])
      assert.match(said, new RegExp(`✓ ${check}`));
  });

  test('fails when an app answers past its Front Door, and when the tenant is unknown', async () => {
    const { code, said } = await verify(
      `http://nobody-here.localhost:${port}`,
      ...['--app-host', `http://127.0.0.1:${port}`],
    );
    assert.equal(code, 1);
    assert.match(said, /✗ direct http:\/\/127\.0\.0\.1:\d+\n {4}answers 200 instead of a refusal/);
    assert.match(said, /✗ tenant\n {4}\/api\/v1\/tenant-info answers 404/);
  });

  test('takes an app that has no name, or that answers 403, as closed', async () => {
    await withServer(
      createServer((_, reply) => reply.writeHead(403).end()),
      async closed => {
        const hosts = ['--app-host', `http://127.0.0.1:${closed}`, '--app-host', 'nowhere.invalid'];
        const { code, said } = await verify(`http://lab.localhost:${port}`, ...hosts);
        assert.equal(code, 0, said);
      },
    );
  });

  test('does not take an app as closed only because something failed', async () => {
    assert.deepEqual((await direct('http://127.0.0.1:9')).problems, ['cannot be judged: ECONNREFUSED']);
    await withServer(
      createServer(request => request.socket.destroy()),
      async broken => {
        const { problems } = await direct(`http://127.0.0.1:${broken}`);
        assert.deepEqual(problems, ['cannot be judged: ECONNRESET']);
      },
    );
    await withServer(
      createServer((_, reply) => reply.end()),
      async plain => {
        const { problems } = await direct(`https://127.0.0.1:${plain}`);
        assert.match(problems.join(), /^cannot be judged: /);
      },
    );
  });

  const answers: readonly (readonly [DataKind, string, number, string, boolean])[] = [
    ['database', 'whose firewall refuses', 403, 'Forbidden', true],
    ['database', 'that asks for a key', 401, 'Unauthorized', false],
    ['blobs', 'whose firewall refuses', 403, 'AuthorizationFailure', true],
    ['blobs', 'that forbids public containers only', 409, 'PublicAccessNotPermitted', false],
    ['messages', 'that prevents the address', 401, 'Ip has been prevented to connect to the endpoint.', true],
    ['messages', 'that asks for a token', 401, 'MissingToken', false],
    ['messages', 'that shows its entities', 200, '<feed/>', false],
    ['vault', 'that refuses by its network', 403, '{"innererror":{"code":"ForbiddenByConnection"}}', true],
    ['vault', 'that refuses by roles', 403, '{"innererror":{"code":"ForbiddenByRbac"}}', false],
    ['vault', 'that asks for a token', 401, '', false],
  ];
  for (const [kind, what, status, body, isClosed] of answers)
    test(`takes a ${kind} ${what} as ${isClosed ? 'closed' : 'open'}`, async () => {
      await withServer(
        createServer((_, reply) => reply.writeHead(status).end(body)),
        async answering => {
          const { problems } = await closed(kind, `http://127.0.0.1:${answering}`, 'token');
          assert.equal(problems.length === 0, isClosed, problems.join());
        },
      );
    });

  test('takes a name that nobody knows as closed', async () => {
    assert.deepEqual((await closed('database', 'nowhere.invalid')).problems, []);
  });

  test('names the headers that are missing', async () => {
    await withServer(
      createServer((_, reply) => reply.writeHead(404).end()),
      async bare => {
        const { problems } = await headers(new URL(`http://127.0.0.1:${bare}`));
        assert.match(problems.join(), /strict-transport-security is missing/);
        assert.match(problems.join(), /x-frame-options is missing/);
      },
    );
  });

  test('does not bear plain HTTP that is answered', async () => {
    const answering = createServer((_, reply) => reply.writeHead(200).end());
    await withServer(answering, async open => {
      assert.deepEqual((await plainHttp(new URL(`http://127.0.0.1:${open}`))).problems, [
        'plain HTTP is answered 200',
      ]);
    });
    const redirecting = createServer((_, reply) =>
      reply.writeHead(307, { location: 'https://x.example/' }).end(),
    );
    await withServer(redirecting, async redirects => {
      assert.deepEqual((await plainHttp(new URL(`http://127.0.0.1:${redirects}`))).problems, []);
    });
  });

  test('does not bear TLS below 1.2', async () => {
    const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }]);
    const old = createTlsServer({ cert, key, minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' });
    await withServer(old, async oldPort => {
      const { problems } = await oldTls(new URL(`https://localhost:${oldPort}`));
      assert.deepEqual(problems, ['TLSv1.1 is accepted']);
    });
    await withServer(createTlsServer({ cert, key, minVersion: 'TLSv1.2' }), async newPort => {
      assert.deepEqual((await oldTls(new URL(`https://localhost:${newPort}`))).problems, []);
    });
  });
});
