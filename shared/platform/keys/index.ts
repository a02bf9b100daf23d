export { type BlindIndex, blindIndex } from './blind.ts';
export { decrypt, encrypt } from './envelope.ts';
export { keyFault } from './faults.ts';
export { type KeyNews, type Keyring, openKeyring, type PersonKey, type PersonKeys } from './keyring.ts';
export type { Rotation, RotationPause, RotationWatch } from './rotate.ts';
