import { Refusal } from './refusals.ts';

/**
 * Letters, digits, `.`, `-`, `_`, in queues and topics also single `/`; first and last a letter or digit
 * (https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftservicebus).
 */
const entityName = /^(?!.*\/\/)[A-Za-z0-9](?:[\w./-]*[A-Za-z0-9])?$/;
const partName = /^[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?$/;

/** Throws a Refusal when a queue or topic cannot be called so. */
export function checkEntityName(name: string): string {
  return check(name, entityName, 260);
}

/** Throws a Refusal when a subscription cannot be called so. */
export function checkSubscriptionName(name: string): string {
  return check(name, partName, 50);
}

/** Throws a Refusal when a rule cannot be called so. The rule that a subscription begins with is an exception. */
export function checkRuleName(name: string): string {
  if (name === '$Default') return name;
  return check(name, partName, 50);
}

function check(name: string, pattern: RegExp, longest: number): string {
  if (name.length <= longest && pattern.test(name)) return name;
  throw new Refusal('argument-error', `The specified name '${name}' is not valid.`);
}
