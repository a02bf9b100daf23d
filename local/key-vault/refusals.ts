/** A refusal in the words of Key Vault: `{"error":{"code","message","innererror":{"code"}}}`. */
export class VaultFault extends Error {
  readonly status: number;
  readonly code: string;
  readonly innerCode: string | undefined;

  constructor(status: number, code: string, message: string, innerCode?: string) {
    super(message);
    this.status = status;
    this.code = code;
    this.innerCode = innerCode;
  }

  get body(): object {
    const inner = this.innerCode === undefined ? {} : { innererror: { code: this.innerCode } };
    return { error: { code: this.code, message: this.message, ...inner } };
  }
}

/** What is kept: both kinds share their life from creation over soft deletion to purge. */
export type Kind = 'secrets' | 'keys';

const NOUN = { secrets: 'Secret', keys: 'Key' } as const;

export function badParameter(message: string): VaultFault {
  return new VaultFault(400, 'BadParameter', message);
}

/** What is of a wrong type or beyond its limits, by the name of the property. */
export function invalidProperty(property: string): VaultFault {
  return badParameter(`Property ${property} has invalid value.`);
}

export function notFound(kind: Kind, name: string): VaultFault {
  const noun = NOUN[kind].toLowerCase();
  return new VaultFault(
    404,
    `${NOUN[kind]}NotFound`,
    `A ${noun} with (name/id) ${name} was not found in this key vault. If you recently deleted this ${noun} you may be able to ` +
      'recover it using the correct recovery command.',
  );
}

export function deletedNotFound(kind: Kind, name: string): VaultFault {
  return new VaultFault(404, `${NOUN[kind]}NotFound`, `Deleted ${NOUN[kind]} not found: ${name}`);
}

export function deletedButRecoverable(kind: Kind, name: string): VaultFault {
  return new VaultFault(
    409,
    'Conflict',
    `${NOUN[kind]} ${name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the ` +
      `${NOUN[kind].toLowerCase()} can only be recovered or purged.`,
    'ObjectIsDeletedButRecoverable',
  );
}

export function alreadyThere(kind: Kind, name: string): VaultFault {
  return new VaultFault(
    409,
    'Conflict',
    `${NOUN[kind]} ${name} already exists in this vault; a backup is not restored over it.`,
  );
}

/** A name that was just deleted and cannot be used yet. */
export function beingDeleted(kind: Kind, name: string): VaultFault {
  return new VaultFault(
    409,
    'Conflict',
    `${NOUN[kind]} ${name} is currently being deleted and cannot be re-created; retry later.`,
    'ObjectIsBeingDeleted',
  );
}

/** What an identity without the role for it is told. https://learn.microsoft.com/azure/key-vault/general/rest-error-codes */
export function forbiddenByRbac(details = ''): VaultFault {
  return new VaultFault(
    403,
    'Forbidden',
    'Caller is not authorized to perform action on resource.\r\n' +
      `If role assignments, deny assignments or role definitions were changed recently, please observe propagation time.${details}`,
    'ForbiddenByRbac',
  );
}

/** In these words: vcsjones/AzureSignTool#219 */
export function throttled(): VaultFault {
  return new VaultFault(
    429,
    'Throttled',
    'Request was not processed because too many requests were received. Reason: VaultRequestTypeLimitReached',
  );
}

/** What this server leaves out on purpose, by name. */
export function notImplemented(what: string): VaultFault {
  return new VaultFault(501, 'NotImplemented', `The local Key Vault does not implement ${what}.`);
}

/** A disabled, expired or not yet valid secret or key, for instance `not allowed on a disabled key`. */
export function notAllowedOn(
  kind: Kind,
  operation: string,
  state: 'disabled' | 'expired' | 'not yet valid',
): VaultFault {
  const inner = { disabled: 'Disabled', expired: 'Expired', 'not yet valid': 'NotYetValid' }[state];
  const article = state === 'expired' ? 'an' : 'a';
  const message = `Operation ${operation} is not allowed on ${article} ${state} ${NOUN[kind].toLowerCase()}.`;
  return new VaultFault(403, 'Forbidden', message, `${NOUN[kind]}${inner}`);
}

export function operationNotPermitted(operation: string): VaultFault {
  return new VaultFault(
    403,
    'Forbidden',
    `Operation ${operation} is not permitted on this key.`,
    'KeyOperationForbidden',
  );
}

export function purgeNotEnabled(): VaultFault {
  return new VaultFault(
    403,
    'Forbidden',
    'Operation "purge" is not enabled for this vault.',
    'ForbiddenByPolicy',
  );
}

export function unauthorized(message: string): VaultFault {
  return new VaultFault(401, 'Unauthorized', message);
}

export function methodNotAllowed(method: string): VaultFault {
  return new VaultFault(405, 'MethodNotAllowed', `HTTP verb ${method} is not allowed for this resource.`);
}
