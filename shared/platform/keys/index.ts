export { type BlindIndex, blindIndex } from './blind.ts';
export { decrypt, encrypt } from './envelope.ts';
export { keyFault } from './faults.ts';
export { isOfNobody, type Keyring, openKeyring } from './keyring.ts';
export type { KeyNews, PersonKey, PersonKeys } from './person-memory.ts';
export type { Rotation, RotationPause, RotationWatch } from './rotate.ts';
