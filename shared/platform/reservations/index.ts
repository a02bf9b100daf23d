export { type NumberEntry, openRegisters, type Registers, type ReservedNumber } from './register.ts';
