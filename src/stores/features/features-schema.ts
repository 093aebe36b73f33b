import { z } from 'zod';

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and dashes, 40 at most');
const variable = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,199}$/, 'must be the name of an environment variable');
const headerName = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'must be the name of a header')
  .refine((header) => !ownHeaders.test(header), 'is set by the store itself');
/** Headers that belong to the message and to its context. */
const ownHeaders =
  /^(content-(length|type|encoding)|transfer-encoding|connection|host|expect|accept|traceparent|tracestate|baggage|x-sightline-.*)$/i;
const url = (schemes: RegExp, expected: string) =>
  z
    .string()
    .max(2000)
    .regex(schemes, `must be ${expected}`)
    .refine((text) => !/^[^:]+:\/\/[^/?#]*@/.test(text), 'must not hold a password');
const milliseconds = z.int().min(1).max(60_000);
const count = z.int().min(1).max(100_000);
const keyPrefix = z
  .string()
  .max(100)
  .regex(/^[\x21-\x7e]*$/, 'must be printable ASCII without spaces')
  .default('')
  .describe('Stands before every key');
const connectTimeoutMs = milliseconds
  .default(2000)
  .describe('Milliseconds until an attempt to connect is given up');
const silenceMs = milliseconds
  .default(5000)
  .describe('Milliseconds without an answer after which a connection is made anew');

const breakerSchema = z
  .strictObject({
    failureShare: z
      .number()
      .min(0.01)
      .max(0.99)
      .default(0.5)
      .describe('Opens when over this share of the last waves failed'),
    waves: z.int().min(1).max(10_000).default(20).describe('How many waves are looked at'),
    minWaves: z.int().min(1).max(10_000).default(10).describe('How many there must be at least'),
    openMs: milliseconds
      .default(1000)
      .describe('Milliseconds until one wave tries whether the store is back'),
  })
  .refine(({ waves, minWaves }) => minWaves <= waves, {
    error: 'needs minWaves up to waves',
    path: ['minWaves'],
  })
  .prefault({})
  .describe('When a store that fails is left alone');

const bulkheadSchema = z
  .strictObject({ maxWaves: count.default(64).describe('Waves of reads at once') })
  .prefault({})
  .describe('How much of the gateway may wait for the store');

const snapshotSchema = z
  .strictObject({
    maxEntries: z.int().min(1).max(10_000_000).default(200_000).describe('Rows kept at most'),
    maxBytes: z
      .int()
      .min(1)
      .max(2 ** 34)
      .default(256 * 1024 * 1024)
      .describe('Memory of the rows, roughly'),
    maxStaleMs: z
      .int()
      .min(1)
      .max(86_400_000)
      .default(60_000)
      .describe('Milliseconds after which a row is read again'),
    maxUnwatchedMs: z
      .int()
      .min(1)
      .max(86_400_000)
      .default(1000)
      .describe('The same while changes are not told; only Redis tells them'),
    fillTimeoutMs: milliseconds
      .default(1000)
      .describe(
        'Milliseconds that a read may take to fill the snapshot, though nobody waits for it',
      ),
  })
  .optional()
  .describe('A local snapshot of what was read; left out, there is none');

/** What every kind of store has. */
const shared = {
  codec: z
    .enum(['json', 'number', 'text'])
    .default('json')
    .describe('What the values are: JSON, a decimal number, or text in UTF-8'),
  timeoutMs: milliseconds.default(20).describe('Milliseconds that a wave of reads may take'),
  snapshot: snapshotSchema,
  breaker: breakerSchema,
  bulkhead: bulkheadSchema,
};

const redisSchema = z.strictObject({
  kind: z.literal('redis'),
  urls: z
    .array(url(/^rediss?:\/\//, 'redis:// or rediss:// with host and port'))
    .min(1)
    .max(100)
    .describe('One Redis, or some nodes of a cluster'),
  username: z.string().min(1).max(200).optional().describe('User of its access lists'),
  passwordEnv: variable.optional().describe('Environment variable that holds the password'),
  keyPrefix,
  connectTimeoutMs,
  silenceMs,
  ...shared,
});

const memcachedSchema = z.strictObject({
  kind: z.literal('memcached'),
  url: url(/^memcached:\/\//, 'memcached:// with host and port').describe(
    'One memcached, or a proxy before many',
  ),
  keyPrefix,
  connectTimeoutMs,
  silenceMs,
  ...shared,
});

const httpSchema = z.strictObject({
  kind: z.literal('http'),
  url: url(/^https?:\/\//, 'http:// or https://').describe(
    'With `{keys}` for many keys with commas between them, or `{key}` for one, here or in the body',
  ),
  body: z
    .json()
    .optional()
    .describe('JSON of a POST; its text `{keys}` is the list of keys. Left out: GET'),
  rows: z
    .string()
    .max(500)
    .regex(/^(\/.*)?$/, 'must be a JSON pointer')
    .default('')
    .describe('JSON pointer to the rows in the answer'),
  form: z
    .enum(['object', 'list', 'keyed'])
    .default('object')
    .describe('Rows by key, in the order of the keys (null is absent), or with their key in them'),
  keyField: z.string().min(1).max(200).default('id').describe('Where a `keyed` row has its key'),
  maxKeys: count.default(500).describe('Keys of one request'),
  headersEnv: z
    .record(headerName, variable)
    .default({})
    .describe('Headers, each with the environment variable that holds its value'),
  connections: z.int().min(1).max(1000).default(16).describe('Connections at once'),
  maxAnswerBytes: z
    .int()
    .min(1)
    .max(2 ** 30)
    .default(16 * 1024 * 1024)
    .describe('Bytes an answer may have'),
  connectTimeoutMs,
  ...shared,
});

const identifier = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/, 'must be letters, digits and _, 63 at most');

const sqliteSchema = z.strictObject({
  kind: z.literal('sqlite'),
  file: z.string().min(1).max(4096).describe('A SQLite file that another job writes'),
  table: identifier.default('features').describe('Table of the rows'),
  keyColumn: identifier.default('key').describe('Column of the keys; it should have an index'),
  valueColumn: identifier.default('value').describe('Column of the values'),
  keyPrefix,
  ...shared,
});

const memorySchema = z.strictObject({
  kind: z.literal('memory'),
  rows: z.record(z.string(), z.json()).default({}).describe('The values by key'),
  ...shared,
});

const otherSchema = z.strictObject({
  kind: z.literal('plugin'),
  store: name.describe('A kind of store that a plugin brings'),
  options: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('Options of the kind; checked by the kind itself'),
  ...shared,
});

const featureStoreSchema = z.discriminatedUnion('kind', [
  redisSchema,
  memcachedSchema,
  httpSchema,
  sqliteSchema,
  memorySchema,
  otherSchema,
]);

/** Series have one label for both. */
const storeName = name.refine(
  (text) => text !== 'memory' && text !== 'sqlite',
  'is the name of the store of items and users',
);

const share = z.number().min(0).max(1);

/** What `features:` holds: the stores that algorithms look rows up in, and how long a wave waits for them. */
export const featuresSchema = z
  .strictObject({
    stores: z.record(storeName, featureStoreSchema).default({}).describe('By names of your own'),
    wave: z
      .strictObject({
        coverageEnough: share
          .default(1)
          .describe('Share of the keys that is enough to stop waiting in full for the rest'),
        stragglerShare: share
          .default(0.3)
          .describe('Share of the time left that the rest still gets then'),
      })
      .prefault({})
      .describe('One read of all stores'),
  })
  .prefault({});

/** The feature stores of a configuration. */
export type FeaturesConfig = z.output<typeof featuresSchema>;

/** One of them. */
export type FeatureStoreConfig = z.output<typeof featureStoreSchema>;
