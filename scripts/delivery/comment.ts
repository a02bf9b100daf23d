import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './commands.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** Where a pipeline's words about a pull request go. */
export type Place =
  | { readonly kind: 'github'; readonly number: string }
  | { readonly kind: 'azure-devops'; readonly url: string; readonly token: string }
  | { readonly kind: 'nowhere' };

/** Reads from the pipeline's own variables which pull request it runs for. */
export function placeOf(variables: Variables): Place {
  const [, number] = /^refs\/pull\/(\d+)\//.exec(variables['GITHUB_REF'] ?? '') ?? [];
  if (number !== undefined) return { kind: 'github', number };
  const id = variables['SYSTEM_PULLREQUEST_PULLREQUESTID'];
  const { SYSTEM_COLLECTIONURI, SYSTEM_TEAMPROJECTID, BUILD_REPOSITORY_ID, SYSTEM_ACCESSTOKEN } = variables;
  if (id === undefined || SYSTEM_ACCESSTOKEN === undefined) return { kind: 'nowhere' };
  const repository = `${SYSTEM_COLLECTIONURI}${SYSTEM_TEAMPROJECTID}/_apis/git/repositories/${BUILD_REPOSITORY_ID}`;
  const url = `${repository}/pullRequests/${id}/threads?api-version=7.1`;
  return { kind: 'azure-devops', url, token: SYSTEM_ACCESSTOKEN };
}

/** Posts the text to the pull request that this pipeline runs for; on GitHub in place of the last one. */
export async function postToPullRequest(place: Place, text: string, folder: string): Promise<void> {
  const file = join(folder, 'what-if.md');
  writeFileSync(file, text);
  if (place.kind === 'github') {
    const target = ['pr', 'comment', place.number, '--body-file', file];
    await run('gh', [...target, '--edit-last', '--create-if-none']);
  }
  if (place.kind === 'azure-devops') await postThread(place.url, place.token, text);
}

async function postThread(url: string, token: string, text: string): Promise<void> {
  // 1: a comment by people or tools; 4: a thread that is closed from the start and holds up nobody.
  const body = { comments: [{ parentCommentId: 0, content: text, commentType: 1 }], status: 4 };
  const answer = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
  if (!answer.ok) throw new Error(`the pull request took no comment: ${answer.status}`);
}
