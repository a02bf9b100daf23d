export { announce } from './announce.ts';
export { type EntityKey, entityName, subscriptionName } from './entities.ts';
export { messagingFault } from './faults.ts';
export { handleMessage, type Incoming, type MessageHandlerTools } from './handle-message.ts';
export {
  DeliveryMessage,
  type EventMessage,
  EventMessageSchema,
  JobMessage,
  type Outgoing,
  TickMessage,
} from './messages.ts';
export { type Messenger, type MessengerOptions, openMessenger } from './messenger.ts';
export { type RelayTools, relayOnce } from './relay.ts';
