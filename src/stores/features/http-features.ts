import { SightlineError } from '../../domain/errors.ts';
import { encodeFeature, type FeatureCodec } from './feature-codec.ts';
import type { FeatureStore, FeatureValue } from './feature-store.ts';
import {
  type HttpExchangeOptions,
  type HttpWave,
  httpFailure,
  openHttpExchange,
  StatusError,
} from './http-exchange.ts';
import {
  type CompiledMapping,
  compileHttpMapping,
  type HttpMapping,
  isDotSegment,
  type MappedRequest,
} from './http-mapping.ts';
import {
  createSourceFeatures,
  type SourceAnswer,
  type SourceFailure,
  type SourceOptions,
} from './source-features.ts';

/** What a service with features is called, where it is, and how it is asked. */
export interface HttpFeaturesOptions extends HttpMapping, HttpExchangeOptions, SourceOptions {
  readonly name?: string;
}

/**
 * Opens features of an HTTP service: GET, or POST where there is a body; see `openHttpExchange`. Requests are given up
 * with their wave. Status 404 of a request for a single key means absent. Errors name neither keys nor values.
 *
 * @example
 * const store = openHttpFeatures({ url: 'http://features/rows', body: { ids: '{keys}' }, rows: '/rows' });
 * await store.mget(['user:7', 'item:1'], { timeoutMs: 20 });
 */
export function openHttpFeatures({ name = 'http', ...options }: HttpFeaturesOptions): FeatureStore {
  const mapping = compileHttpMapping(options);
  const exchange = openHttpExchange(mapping.origin, options);
  return createSourceFeatures(
    {
      name,
      async fetch(keys, answer, limits) {
        const wave = exchange.wave(limits);
        const read = async (request: MappedRequest) => {
          const asked = keys.slice(request.from, request.to);
          try {
            const rows = await readRows(request, asked, { mapping, wave });
            for (const [i, row] of rows.entries())
              answer(request.from + i, answerOf(row, options.codec));
          } catch (cause) {
            // What was given up is late, and its wave says so.
            if (wave.isOver()) return;
            const failure = cause === climbing ? climbing : httpFailure(cause, name);
            for (const i of asked.keys()) answer(request.from + i, failure);
          }
        };
        await Promise.all(mapping.requestsFor(keys).map(read));
      },
      close: () => exchange.close(),
    },
    options,
  );
}

/** The rows of one request; throws what its keys fail with. */
async function readRows(
  { path, body }: MappedRequest,
  keys: readonly string[],
  { mapping, wave }: { readonly mapping: CompiledMapping; readonly wave: HttpWave },
): Promise<readonly (FeatureValue | undefined)[]> {
  if (mapping.isSingle && isDotSegment(keys[0])) throw climbing;
  try {
    return mapping.rowsOf(await wave.ask(path, body), keys);
  } catch (cause) {
    const isAbsent = mapping.isSingle && cause instanceof StatusError && cause.status === 404;
    if (isAbsent) return [undefined];
    throw cause;
  }
}

const climbing: SourceFailure = {
  failed: 'error',
  cause: new SightlineError(
    'SL_REQUEST_INVALID',
    'feature key is a path of dots, expected one that a URL can carry',
  ),
};

/** The bytes of a row, as its codec reads them: text and numbers may stand in JSON as either. */
function answerOf(row: FeatureValue | undefined, codec: FeatureCodec = 'json'): SourceAnswer {
  if (row === undefined) return undefined;
  return codec === 'json' || typeof row !== 'object' ? encodeFeature(row, codec) : nested;
}

const nested: SourceFailure = {
  failed: 'error',
  cause: new SightlineError(
    'SL_DATA_INVALID',
    'feature value is a list, an object or null, expected text or a number',
  ),
};
