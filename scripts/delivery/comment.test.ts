import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { placeOf, postToPullRequest } from './comment.ts';

const devOps = {
  SYSTEM_PULLREQUEST_PULLREQUESTID: '17',
  SYSTEM_COLLECTIONURI: 'https://dev.azure.com/example/',
  SYSTEM_TEAMPROJECTID: 'project',
  BUILD_REPOSITORY_ID: 'repository',
  SYSTEM_ACCESSTOKEN: 'job token',
};

describe('the pull request that a pipeline runs for', () => {
  test('is told by GITHUB_REF on GitHub', () => {
    assert.deepEqual(placeOf({ GITHUB_REF: 'refs/pull/12/merge' }), { kind: 'github', number: '12' });
    assert.deepEqual(placeOf({ GITHUB_REF: 'refs/heads/main' }), { kind: 'nowhere' });
  });

  test('is told by predefined variables in Azure Pipelines, and needs the token of the job', () => {
    const place = placeOf(devOps);
    assert.ok(place.kind === 'azure-devops');
    assert.equal(
      place.url,
      'https://dev.azure.com/example/project/_apis/git/repositories/repository/pullRequests/17/threads?api-version=7.1',
    );
    const { SYSTEM_ACCESSTOKEN, ...without } = devOps;
    assert.deepEqual(placeOf(without), { kind: 'nowhere' });
  });

  test('takes a thread that is closed from the start, and its refusal is an error', async () => {
    let status = 200;
    const bodies: string[] = [];
    const server = createServer(async (incoming, outgoing) => {
      assert.equal(incoming.headers.authorization, 'Bearer job token');
      bodies.push(await text(incoming));
      outgoing.writeHead(status).end('{}');
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const place = {
      kind: 'azure-devops',
      url: `http://127.0.0.1:${port}/threads`,
      token: 'job token',
    } as const;
    try {
      await postToPullRequest(place, 'what changes', tmpdir());
      assert.deepEqual(JSON.parse(bodies[0] ?? ''), {
        comments: [{ parentCommentId: 0, content: 'what changes', commentType: 1 }],
        status: 4,
      });
      status = 403;
      await assert.rejects(postToPullRequest(place, 'what changes', tmpdir()), /403/);
    } finally {
      server.close();
    }
  });
});
