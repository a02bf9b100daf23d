import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as z from 'zod';
import * as messages from './messages.ts';

/**
 * What a Service Bus trigger tells of a message. The Functions host puts the members of a JSON body over it
 * (Azure/azure-functions-host#7119), so a body with one of these names would be believed over the message.
 */
const metadataNames: ReadonlySet<string> = new Set(
  `applicationProperties client contentType correlationId deadLetterSource deliveryCount enqueuedTime enqueuedTimeUtc expiresAt
   expiresAtUtc invocationId label lockToken messageActions messageId partitionKey properties receiveActions replyTo
   replyToSessionId sequenceNumber sessionActions sessionId subject sys to userProperties`
    .toLowerCase()
    .split(/\s+/),
);

test('no message has a member with the name of what its trigger tells', () => {
  const schemas = Object.values(messages).filter(schema => schema instanceof z.ZodObject);
  assert.ok(schemas.length > 0);
  for (const { shape } of schemas) {
    const taken = Object.keys(shape).filter(name => metadataNames.has(name.toLowerCase()));
    assert.deepEqual(taken, []);
  }
});
