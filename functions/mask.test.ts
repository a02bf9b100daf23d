import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { masked } from './mask.ts';

describe('a line of the log', () => {
  for (const [text, mask] of [
    ['no mailbox rana.karimi+lab@lab.example here', '[e-mail]'],
    ['ناشناس رنا@نمونه.ایران است', '[e-mail]'],
    ['Bearer eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ1c3IifQ.c2lnbmF0dXJl refused', '[token]'],
    ['key tsk_01kapx0000000000000000000a_abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG', '[token]'],
    ['GET https://x.example/a?sv=1&sig=abc%3D&x=1', '[hidden]'],
    ['from 203.0.113.9', '[address]'],
    ['stored ~1.1.usr_01kapx0000000000000000000a.name.AAAAbbbb', '[sealed]'],
  ] as const)
    test(`hides ${mask} in “${text}”`, () => {
      const line = masked(text);
      assert.ok(line.includes(mask), line);
      assert.doesNotMatch(line, /rana|رنا|eyJ|tsk_01|abc%3D|203\.0|AAAAbbbb/);
    });

  test('keeps what helps: ids, codes, times, our own addresses, versions of packages', () => {
    const line =
      '{"time":"2026-11-25T20:00:10.806Z","code":"platform.not_found","id":"srf_01kapx0000000000000000000a","peer":"127.0.0.1:8081","from":"10.1.2.3","sdk":"azsdk-js-cosmos/4.9.3","at":"dist/api.cjs:12:5"}';
    assert.equal(masked(line), line);
  });
});
