import assert from 'node:assert/strict';
import { test } from 'node:test';
import roles from '../roles.json' with { type: 'json' };

test('no role of ours reads keys, writes roles, or has a wildcard of data', () => {
  for (const { dataActions, actions } of Object.values(roles.custom)) {
    for (const action of [...dataActions, ...actions])
      assert.doesNotMatch(action, /\*|listkeys|regenerate|authorization/i);
  }
  for (const { dataActions } of Object.values(roles.database))
    for (const action of dataActions) assert.doesNotMatch(action, /\*/);
  const { breakGlass, developer, operator } = roles.people;
  assert(
    [
      '*/listKeys/action',
      'Microsoft.Authorization/*/write',
      // The database's own roles are no roles of Azure's: they would open the data.
      'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments/*',
      'Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions/*',
      // Whoever assigns an identity, or lets somebody else be it, is that identity.
      'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write',
      'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action',
    ].every(action => breakGlass.notActions.includes(action)),
  );
  // Reads that answer with keys of the Functions host.
  for (const { notActions } of [developer, operator, breakGlass])
    for (const action of [
      'Microsoft.Web/sites/hostruntime/host/_master/read',
      'Microsoft.Web/sites/hostruntime/functions/keys/read',
      'Microsoft.Web/sites/functions/masterkey/read',
      'Microsoft.Web/sites/functions/token/read',
      'Microsoft.DocumentDB/databaseAccounts/readonlykeys/read',
      'Microsoft.OperationalInsights/workspaces/sharedKeys/read',
    ])
      assert.ok(notActions.includes(action), action);
  // Whoever reads the action group reads where chat and pager are told, and can tell them, too.
  for (const { notActions } of [developer, operator])
    assert.ok(notActions.includes('Microsoft.Insights/actionGroups/read'));
  assert.deepEqual([developer.actions, developer.dataActions], [['*/read'], []]);
  for (const action of operator.actions) assert.doesNotMatch(action, /listkeys|regenerate|authorization/i);
});

test('a role of Azure is the one of its name, and none of them can write, read keys or grant rights', () => {
  // As Azure lists them: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
  const harmless: Readonly<Record<string, string>> = {
    'Azure Service Bus Data Sender': '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39',
    'Azure Service Bus Data Receiver': '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0',
    'Storage Blob Data Reader': '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
    'Storage Blob Data Owner': 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
    'Monitoring Metrics Publisher': '3913510d-42f4-4e42-8a64-420c390055eb',
    'Key Vault Crypto Service Encryption User': 'e147488a-f6f5-4113-8e2d-b22465e65bf6',
    'Key Vault Secrets User': '4633458b-17de-408a-b874-0445c86b69e6',
  };
  assert.deepEqual(
    Object.fromEntries(Object.values(roles.builtIn).map(({ name, id }) => [name, id])),
    harmless,
  );
});

test('each role of our own may do what it is for, to the letter', () => {
  const blobs = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs';
  const vaults = 'Microsoft.KeyVault/vaults';
  const messages = 'Microsoft.ServiceBus/namespaces';
  const wanted: Readonly<Record<keyof typeof roles.custom, readonly string[]>> = {
    messageCounter: [
      `${messages}/queues/read`,
      `${messages}/topics/read`,
      `${messages}/topics/subscriptions/read`,
    ],
    blobKeeper: [
      'Microsoft.Storage/storageAccounts/blobServices/containers/read',
      `${blobs}/read`,
      `${blobs}/write`,
      `${blobs}/add/action`,
    ],
    blobEraser: [`${blobs}/read`, `${blobs}/delete`],
    blobMaker: [`${blobs}/write`, `${blobs}/add/action`, `${blobs}/delete`],
    linkMaker: ['Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action'],
    tokenSigner: [`${vaults}/keys/read`, `${vaults}/keys/sign/action`],
    keyWrapper: [`${vaults}/keys/read`, `${vaults}/keys/wrap/action`, `${vaults}/keys/unwrap/action`],
    secretKeeper: [`${vaults}/secrets/getSecret/action`, `${vaults}/secrets/setSecret/action`],
    secretEraser: [`${vaults}/secrets/delete`],
  };
  for (const [name, { actions, dataActions }] of Object.entries(roles.custom))
    assert.deepEqual([...actions, ...dataActions], wanted[name as keyof typeof roles.custom], name);
  const items = 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers';
  const inDatabase: Readonly<Record<keyof typeof roles.database, readonly string[]>> = {
    reader: ['items/read', 'executeQuery'],
    writer: ['items/read', 'executeQuery', 'items/create', 'items/replace', 'items/delete'],
    feedReader: ['readChangeFeed'],
  };
  for (const [name, { dataActions }] of Object.entries(roles.database))
    assert.deepEqual(
      [...dataActions],
      [
        'Microsoft.DocumentDB/databaseAccounts/readMetadata',
        ...inDatabase[name as keyof typeof roles.database].map(action => `${items}/${action}`),
      ],
    );
});
