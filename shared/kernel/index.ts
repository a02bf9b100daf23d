export {
  type Caller,
  type Granted,
  type GrantedWithin,
  type IdempotencyClaim,
  may,
  type Proof,
  systemCaller,
  type TenantId,
  tenantId,
  type Via,
} from './caller.ts';
export { contentHash } from './canonical.ts';
export { type Clock, secondsAfter, systemClock, timestamp } from './clock.ts';
export { type CsvValue, csvOf } from './csv.ts';
export { AppError, defineFaults, type FaultRow, type FaultRows } from './faults.ts';
export { type FieldData, type FieldError, rule } from './field-errors.ts';
export { fieldPointer } from './field-pointer.ts';
export { derivedKey, joinId, type ParsedId, parseId, type RandomBytes, sortableKey } from './ids.ts';
export { merkleRoot } from './merkle.ts';
export {
  everyTenantRole,
  operatorRoles,
  type PermissionTable,
  permissionsOf,
  type Role,
  roles,
} from './roles.ts';
export {
  attempt,
  type Duty,
  type Guard,
  type Opening,
  openings,
  type Refusal,
  separatedFrom,
  type Transition,
} from './workflow.ts';
