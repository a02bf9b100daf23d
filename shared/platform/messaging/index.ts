export { type MessageHandlerTools, handleMessage, type Incoming } from './handle-message.ts';
export { type EventMessage, JobMessage, EventMessageSchema, DeliveryMessage, TickMessage, type Outgoing } from './messages.ts';
export { openMessenger, type Messenger, type MessengerOptions } from './messenger.ts';
export { relayOnce, type RelayTools } from './relay.ts';
export { announce } from './announce.ts';
