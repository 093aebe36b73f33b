/**
 * The one table of error codes: the HTTP status a client sees (500 where it never should see one)
 * and what the person who reads it can do.
 */
export const errorCodes = {
  SL_REQUEST_MALFORMED: { status: 400, advice: 'send a JSON object in UTF-8' },
  SL_REQUEST_INVALID: { status: 422, advice: 'correct the field that path names' },
  SL_REQUEST_TOO_LARGE: { status: 413, advice: 'send smaller batches' },
  SL_REQUEST_TIMEOUT: { status: 408, advice: 'send the whole request sooner' },
  SL_HEADER_TOO_LARGE: { status: 431, advice: 'send shorter headers and a shorter URL' },
  SL_MEDIA_TYPE: { status: 415, advice: 'send content-type application/json' },
  SL_NOT_FOUND: { status: 404, advice: 'see /openapi.json for what exists' },
  SL_METHOD_NOT_ALLOWED: { status: 405, advice: 'see /openapi.json for the methods of this path' },
  SL_WORK_UNKNOWN: { status: 404, advice: 'use one of the works in the configuration' },
  SL_ITEM_UNKNOWN: { status: 404, advice: 'insert the item first with POST /v1/items' },
  SL_USER_UNKNOWN: { status: 404, advice: 'insert the user first with POST /v1/users' },
  SL_UNAUTHORISED: {
    status: 401,
    advice: 'send the control token, or on the query port a key, in Authorization: Bearer',
  },
  SL_FORBIDDEN: {
    status: 403,
    advice: 'use a key that is good for this, see access in the configuration',
  },
  SL_GENERATION_FAILED: {
    status: 422,
    advice: 'correct what the message names; the generation before goes on serving',
  },
  SL_GENERATIONS_FULL: {
    status: 409,
    advice: 'wait until requests have left former generations, or raise generations.maxLive',
  },
  SL_RATE_LIMITED: {
    status: 429,
    advice: 'retry after the number of seconds in Retry-After',
  },
  SL_QUOTA_EXCEEDED: {
    status: 429,
    advice: 'raise the limit of the key or of `gorse.quota`, or wait as long as Retry-After says',
  },
  SL_OVERLOADED: { status: 503, advice: 'retry after the number of seconds in Retry-After' },
  SL_PROFILE_RUNNING: {
    status: 429,
    advice: 'retry after the number of seconds in Retry-After',
  },
  SL_CLIENT_GONE: { status: 499, advice: 'nobody reads this answer: its client went away' },
  SL_SHUTTING_DOWN: { status: 503, advice: 'retry on another instance' },
  SL_STARTING: { status: 503, advice: 'retry when /readyz of the control port says ready' },
  SL_STORE_UNAVAILABLE: { status: 503, advice: 'retry; nothing of this call was accepted' },
  SL_STORE_FULL: { status: 507, advice: 'free disk space; nothing of this call was accepted' },
  SL_STORE_LOCKED: { status: 500, advice: 'stop the other process that has the data folder open' },
  SL_STORE_VERSION: { status: 500, advice: 'upgrade Sightline, or use another data folder' },
  SL_STORE_CORRUPT: { status: 500, advice: 'restore the data folder from a backup' },
  SL_MODEL_CORRUPT: { status: 500, advice: 'train again with `sightline train`' },
  SL_MODEL_VERSION: { status: 500, advice: 'train again with `sightline train`' },
  SL_MODEL_UNAVAILABLE: { status: 500, advice: 'train with `sightline train`' },
  SL_DATA_INVALID: { status: 500, advice: 'correct the named rows of the file' },
  SL_CONFIG_INVALID: { status: 500, advice: 'correct every listed path in the configuration' },
  SL_PLUGIN_FAILED: { status: 500, advice: 'correct the named plugin; what served before goes on' },
  SL_PORT_TAKEN: { status: 500, advice: 'choose another port, or stop what listens there' },
  SL_NOTHING_TO_LEARN: {
    status: 500,
    advice: 'send feedback to POST /v1/feedback; the next start trains on it',
  },
  SL_TRAINING_FAILED: { status: 500, advice: 'see the cause; nothing was published' },
  SL_GATEWAY_UNREACHABLE: {
    status: 500,
    advice: 'start it with `sightline serve`, or give its address with --url',
  },
  SL_USAGE: { status: 500, advice: 'see `sightline help`' },
  SL_FLAGS_UNAVAILABLE: {
    status: 500,
    advice: 'see the cause and `flags` in the configuration; until then everybody gets control',
  },
  SL_SIGNAL_FAILED: { status: 500, advice: 'see the cause; the other signals go on' },
  SL_ANOMALY_FAILED: { status: 500, advice: 'see the cause; answers are not affected' },
  SL_INTERNAL: { status: 500, advice: 'report it with the request id' },
} as const satisfies Record<string, { status: number; advice: string }>;

/** A code of the table. */
export type ErrorCode = keyof typeof errorCodes;

/** One mistake at one place: `path` is a JSON path or a configuration path. */
export interface Mistake {
  readonly path: string;
  readonly message: string;
}

/**
 * The one error class. The message says subject, got and expected, without a full stop.
 *
 * @example new SightlineError('SL_STORE_LOCKED', 'data folder var/data is open in another process')
 */
export class SightlineError extends Error {
  readonly code: ErrorCode;
  /** Where the mistake is, for bad input. */
  readonly path: string | undefined;
  /** Every mistake found, when there is more than one. */
  readonly mistakes: readonly Mistake[];
  /** Whole seconds after which the same request may succeed, where that is known. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: {
      cause?: unknown;
      path?: string | undefined;
      mistakes?: readonly Mistake[];
      retryAfterSeconds?: number | undefined;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SightlineError';
    this.code = code;
    this.path = options.path;
    this.mistakes = options.mistakes ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  /** The HTTP status of the code. */
  get status(): number {
    return errorCodes[this.code].status;
  }
}
