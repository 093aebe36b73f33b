import { existsSync, readFileSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { type Mistake, SightlineError } from './domain/errors.ts';
import { crossCheckWorks, nameSchema, workSchema } from './pipeline/work-schema.ts';

const port = z.int().min(0).max(65_535);
const positive = z.number().positive();
const listener = (defaultPort: number) =>
  z
    .strictObject({
      host: z.string().default('127.0.0.1'),
      port: port.default(defaultPort),
    })
    .prefault({});

const httpSchema = z
  .strictObject({
    query: listener(8080),
    control: listener(8081),
    /** Bytes a request body may have. */
    bodyLimitBytes: z.int().min(1024).max(64_000_000).default(2_000_000),
    /** How long a stop waits for requests in flight. */
    drainMs: z.int().min(0).max(600_000).default(10_000),
  })
  .prefault({});

const storeSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('sqlite'), folder: z.string().default('var/data') }),
    z.strictObject({ kind: z.literal('memory') }),
  ])
  .prefault({ kind: 'sqlite' });

const feedbackSchema = z
  .strictObject({
    /** `accept` keeps and counts events of items that are not in the catalogue; `reject` refuses them. */
    unknownItems: z.enum(['accept', 'reject']).default('accept'),
    maxBatch: z.int().min(1).max(100_000).default(1000),
    /** Events later than now by more than this are refused. */
    futureSeconds: z.int().min(0).default(300),
    /** Events older than this are refused. */
    maxAgeDays: positive.default(36_500),
  })
  .prefault({});

const modelSchema = z.strictObject({
  kind: z.enum(['item2vec', 'session-knn', 'markov-1', 'popular', 'latest']),
  /** Options of the kind; checked by the kind itself. */
  options: z.record(z.string(), z.unknown()).default({}),
});

const datasetSchema = z.strictObject({
  /** `eshop`: the shipped clickstream; `jsonl`: a folder with items.jsonl, users.jsonl, feedback.jsonl. */
  format: z.enum(['eshop', 'jsonl']),
  path: z.string(),
});

const telemetrySchema = z
  .strictObject({
    serviceName: z.string().default('sightline'),
    metrics: z.boolean().default(true),
    traces: z.boolean().default(true),
    events: z.boolean().default(true),
    /** Which requests get a log line: all, only those with a degradation or error, or none. */
    requestLog: z.enum(['all', 'degraded', 'none']).default('all'),
    level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
    /** Values a label may take before the rest becomes `__other__`. */
    maxLabelValues: z.int().min(1).max(10_000).default(50),
  })
  .prefault({});

/** The configuration file, checked and with every default filled in. */
export const configSchema = z.strictObject({
  http: httpSchema,
  store: storeSchema,
  /** Imported into an empty store at the first start. */
  dataset: datasetSchema.optional(),
  feedback: feedbackSchema,
  /** Folder of the trained models. */
  modelFolder: z.string().default('var/models'),
  sessions: z.strictObject({ capacity: z.int().min(1).default(100_000) }).prefault({}),
  /** User segments that metrics may show; others read `__other__`. */
  segments: z.array(z.string().min(1).max(64)).max(200).default([]),
  models: z.record(nameSchema, modelSchema),
  works: z
    .record(nameSchema, workSchema)
    .refine((works) => Object.keys(works).length > 0, 'needs at least one work'),
  telemetry: telemetrySchema,
});

export type Config = z.output<typeof configSchema>;

/** Environment variables that override one value of the file each. */
export const environmentOverrides: Readonly<Record<string, readonly string[]>> = {
  SIGHTLINE_QUERY_HOST: ['http', 'query', 'host'],
  SIGHTLINE_QUERY_PORT: ['http', 'query', 'port'],
  SIGHTLINE_CONTROL_HOST: ['http', 'control', 'host'],
  SIGHTLINE_CONTROL_PORT: ['http', 'control', 'port'],
  SIGHTLINE_DATA_FOLDER: ['store', 'folder'],
  SIGHTLINE_MODEL_FOLDER: ['modelFolder'],
  SIGHTLINE_LOG_LEVEL: ['telemetry', 'level'],
  SIGHTLINE_REQUEST_LOG: ['telemetry', 'requestLog'],
};

/**
 * Reads, overrides and checks a configuration. Throws `SL_CONFIG_INVALID` with every mistake in it.
 *
 * @example parseConfig('works: {}', {}) // throws: works: needs at least one work, models: expected record
 */
export function parseConfig(
  text: string,
  environment: Readonly<Record<string, string | undefined>>,
): Config {
  let raw: unknown;
  try {
    raw = parseYaml(text) ?? {};
  } catch (cause) {
    throw invalid([{ path: '', message: `is not YAML: ${(cause as Error).message}` }], cause);
  }
  const input = override(raw, environment);
  const result = configSchema.safeParse(input);
  const crossed = crossCheckWorks(input);
  if (result.success && crossed.length === 0) return result.data;
  const issues = result.success ? [] : result.error.issues;
  throw invalid([
    ...issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message })),
    ...crossed,
  ]);
}

/** Reads a configuration file; see `parseConfig`. */
export function readConfig(
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): Config {
  if (!existsSync(file)) {
    throw invalid([{ path: file, message: 'does not exist, expected a configuration file' }]);
  }
  return parseConfig(readFileSync(file, 'utf8'), environment);
}

function override(
  raw: unknown,
  environment: Readonly<Record<string, string | undefined>>,
): unknown {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return raw;
  const copy = structuredClone(raw) as Record<string, unknown>;
  for (const [variable, path] of Object.entries(environmentOverrides)) {
    const value = environment[variable];
    if (value !== undefined && value !== '')
      setAt(copy, path, variable.endsWith('_PORT') ? Number(value) : value);
  }
  return copy;
}

function setAt(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let at = target;
  for (const key of path.slice(0, -1)) {
    // A folder without a kind means the store that has one.
    if (typeof at[key] !== 'object' || at[key] === null)
      at[key] = key === 'store' ? { kind: 'sqlite' } : {};
    at = at[key] as Record<string, unknown>;
  }
  at[path.at(-1)!] = value;
}

function invalid(mistakes: readonly Mistake[], cause?: unknown): SightlineError {
  const lines = mistakes.map(({ path, message }) =>
    path === '' ? message : `${path}: ${message}`,
  );
  return new SightlineError(
    'SL_CONFIG_INVALID',
    `configuration has ${mistakes.length} mistakes: ${lines.join('; ')}`,
    {
      mistakes,
      cause,
    },
  );
}
