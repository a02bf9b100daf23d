import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Az } from './commands.ts';
import { standingAddresses, standingBudget } from './standing.ts';

const failing =
  (words: string): Az =>
  async () => {
    throw new Error(`Command failed: az … ERROR: (${words}) it was not possible`);
  };

describe('a deployment into an environment that stands', () => {
  test('repeats the month in which its budget began, whatever month it is', async () => {
    const asked: string[][] = [];
    const az: Az = async (...args) => {
      asked.push(args);
      return '2026-03-01T00:00:00Z';
    };
    assert.deepEqual(await standingBudget(az, 'prod'), { TOUCHSTONE_BUDGET_START_PROD: '2026-03-01' });
    assert.ok(asked[0]?.includes('budget-touchstone-prod'));
  });

  for (const absent of ['ResourceNotFound', 'ResourceGroupNotFound'])
    test(`lets a new environment begin this month (${absent})`, async () => {
      assert.deepEqual(await standingBudget(failing(absent), 'dev'), {});
    });

  test('takes the addresses of chat and pager from Key Vault, and lacks one that is not there', async () => {
    const az: Az = async (...args) => {
      if (args[0] === 'deployment') return 'https://kv-tsops-prod.vault.azure.net/';
      if (args.includes('https://kv-tsops-prod.vault.azure.net/secrets/chat-webhook'))
        return 'https://chat.example/1';
      throw new Error('(SecretNotFound) A secret with (name/id) pager-webhook was not found');
    };
    assert.deepEqual(await standingAddresses(az, 'prod'), {
      TOUCHSTONE_CHAT_WEBHOOK: 'https://chat.example/1',
    });
  });

  test('has no addresses before its first deployment', async () => {
    assert.deepEqual(await standingAddresses(failing('DeploymentNotFound'), 'prod'), {});
    // A deployment of templates that had no such vault yet.
    assert.deepEqual(await standingAddresses(async () => null, 'prod'), {});
  });

  test('fails when it cannot know, since going on would silence alerts or be refused', async () => {
    for (const words of ['Forbidden', 'AuthorizationFailed', 'GatewayTimeout']) {
      await assert.rejects(standingBudget(failing(words), 'prod'), new RegExp(words));
      await assert.rejects(standingAddresses(failing(words), 'prod'), new RegExp(words));
    }
  });
});
