/** What the service says no with: an HTTP status, a sub-status for the SDK and the code word of the status. */
export class CosmosFault extends Error {
  readonly status: number;
  readonly subStatus: number;
  /** Further members of the error body, such as `additionalErrorInfo`. */
  readonly extra: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    more: { subStatus?: number; extra?: Record<string, string>; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.status = status;
    this.subStatus = more.subStatus ?? 0;
    this.extra = more.extra ?? {};
    this.headers = more.headers ?? {};
  }
}

const codeWords: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  408: 'RequestTimeout',
  409: 'Conflict',
  410: 'Gone',
  412: 'PreconditionFailed',
  413: 'RequestEntityTooLarge',
  424: 'FailedDependency',
  429: 'TooManyRequests',
  449: 'RetryWith',
  500: 'InternalServerError',
  501: 'NotImplemented',
  503: 'ServiceUnavailable',
};

/** The `code` member of an error body: the name of the status, as the service spells it. */
export function codeWord(status: number): string {
  return codeWords[status] ?? 'Error';
}

/** 400 with the plain text form that the service uses for bad requests. */
export function badRequest(message: string, subStatus = 0): CosmosFault {
  return new CosmosFault(400, message, { subStatus });
}

/** 400 with sub-status 1001: the key in the header is not the key of the document or of the container. */
export function partitionKeyMismatch(): CosmosFault {
  return badRequest(
    "PartitionKey extracted from document doesn't match the one specified in the header.",
    1001,
  );
}

/** 404 as the service words it. */
export function notFound(): CosmosFault {
  return new CosmosFault(
    404,
    'Message: {"Errors":["Resource Not Found. Learn more: https://aka.ms/cosmosdb-tsg-not-found"]}',
  );
}

/** 404 with sub-status 1003: the database or container that a request addresses does not exist. */
export function ownerNotFound(): CosmosFault {
  return new CosmosFault(404, 'Message: {"Errors":["Owner resource does not exist"]}', { subStatus: 1003 });
}

/** 409 as the service words it. */
export function conflict(reason = 'Resource with specified id or name already exists.'): CosmosFault {
  return new CosmosFault(409, `Message: {"Errors":["${reason}"]}`);
}

/** 412 as the service words it. */
export function preconditionFailed(): CosmosFault {
  return new CosmosFault(
    412,
    'Message: {"Errors":["One of the specified pre-condition is not met. Learn more: https://aka.ms/CosmosDB/sql/errors/precondition-failed"]}',
  );
}

/** 413 as the service words it. */
export function tooLarge(): CosmosFault {
  return new CosmosFault(413, 'Message: {"Errors":["Request size is too large"]}');
}

/** 410 with sub-status 1002: the physical partition was split, or never was. */
export function rangeGone(id: string | undefined): CosmosFault {
  return new CosmosFault(410, `The requested partition key range '${id ?? ''}' is gone.`, {
    subStatus: 1002,
  });
}

/** How the service words a status that does not come from what was asked, by its error resources and its guides. */
const words: Readonly<Record<number, string>> = {
  400: 'One of the input values is invalid.',
  401: 'The input authorization token cannot serve the request. Please check that the expected payload is built as per the protocol, and check the key being used.',
  // https://learn.microsoft.com/azure/cosmos-db/nosql/troubleshoot-forbidden
  403: 'Request is blocked. Please check your authorization token and Cosmos DB account firewall settings',
  408: 'The requested operation exceeded maximum alloted time. Learn more: https://aka.ms/cosmosdb-tsg-service-request-timeout',
  410: 'The requested resource is no longer available at the server.',
  429: 'Request rate is large. More Request Units may be needed, so no changes were made. Please retry this request later. Learn more: http://aka.ms/cosmosdb-error-429',
  // Azure/azure-cosmosdb-spark#196
  449: 'Conflicting request to resource has been attempted. Retry to avoid conflicts.',
  500: 'Unknown server error occurred when processing this request.',
  503: 'Service is currently unavailable. More info: https://aka.ms/cosmosdb-tsg-service-unavailable',
};

/** Sub-statuses that come with a status as a rule: a partition that was split, a budget that is used up. */
const usualSubStatuses: Readonly<Record<number, number>> = { 410: 1002, 429: 3200 };

const ownFaults: Readonly<Record<number, () => CosmosFault>> = {
  404: notFound,
  409: conflict,
  412: preconditionFailed,
  413: tooLarge,
};

/** What the service usually says with a status. */
export function usualFault(status: number): CosmosFault {
  const made = ownFaults[status];
  if (made !== undefined) return made();
  const text = words[status] ?? words[status < 500 ? 400 : 500];
  return new CosmosFault(status, `Message: {"Errors":["${text}"]}`, {
    subStatus: usualSubStatuses[status] ?? 0,
  });
}

/** 408: a query that took too long and cannot go on on a further page. */
export function tookTooLong(): CosmosFault {
  return usualFault(408);
}

/** 405: what a path names cannot be done with this method. */
export function methodNotAllowed(method: string): CosmosFault {
  return new CosmosFault(405, `The requested verb '${method}' is not supported.`);
}

/** 501 for what this server leaves out on purpose, by name. */
export function notImplemented(what: string): CosmosFault {
  return new CosmosFault(501, `The local Cosmos server does not implement ${what}.`);
}
