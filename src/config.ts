import { existsSync, readFileSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { accessSchema } from './access/access-schema.ts';
import { anomalySchema } from './anomaly/anomaly-schema.ts';
import {
  feedbackSchema,
  httpSchema,
  modelSchema,
  storeSchema,
  telemetrySchema,
} from './config-sections.ts';
import { type Mistake, SightlineError } from './domain/errors.ts';
import { crossCheckExperiments } from './experiments/cross-check-experiments.ts';
import { experimentsSchema } from './experiments/experiment.ts';
import { flagsSchema } from './experiments/flags-schema.ts';
import { gorseSchema } from './gorse-schema.ts';
import { completeGorse, crossCheckGorse } from './gorse-works.ts';
import { crossCheckModels } from './models/cross-check-models.ts';
import { protectionSchema } from './pipeline/admission/protection-schema.ts';
import { crossCheckWorks } from './pipeline/cross-check-works.ts';
import { effectsSchema } from './pipeline/effects/effects-schema.ts';
import { generationsSchema } from './pipeline/generations/generations-schema.ts';
import { crossCheckShadows } from './pipeline/shadow-schema.ts';
import { nameSchema, workSchema } from './pipeline/work-schema.ts';
import { pluginsSchema } from './plugins/plugins-schema.ts';
import { unitePlugins } from './plugins/unite-plugins.ts';
import { provisioningSchema } from './provisioning/provisioning-schema.ts';
import { crossCheckSignals } from './signals/cross-check-signals.ts';
import { signalsSchema } from './signals/signals-schema.ts';
import { featuresSchema } from './stores/features/features-schema.ts';
import { tablesSchema } from './stores/tables/tables-schema.ts';
import { datasetSchema } from './training/dataset/dataset-schema.ts';
import { trainingSchema } from './training/training-schema.ts';
import { webhooksSchema } from './webhooks/webhooks-schema.ts';

/** The configuration file, checked and with every default filled in. */
export const configSchema = z.strictObject({
  http: httpSchema,
  access: accessSchema.describe('Who may call the query listener'),
  store: storeSchema,
  features: featuresSchema.describe('Where algorithms look features up, beside `store`'),
  dataset: datasetSchema.optional(),
  generations: generationsSchema.describe(
    'How a changed configuration, model or table comes to serve',
  ),
  protection: protectionSchema.describe('What recommend does under too much load'),
  effects: effectsSchema.describe('The work that follows answers, as that of shadows'),
  feedback: feedbackSchema,
  tables: tablesSchema,
  modelFolder: z.string().default('var/models').describe('Folder of the trained models'),
  sessions: z
    .strictObject({
      capacity: z
        .int()
        .min(1)
        .default(100_000)
        .describe('Sessions kept in memory; the idlest leave'),
    })
    .prefault({}),
  segments: z
    .array(z.string().min(1).max(64))
    .max(200)
    .default([])
    .describe('User segments that metrics may show; others read `__other__`'),
  models: z
    .record(nameSchema, modelSchema)
    .describe('The models to train and serve, by names of your own'),
  training: trainingSchema.describe(
    'What models learn from, when they are trained, and what they must hold to serve',
  ),
  plugins: pluginsSchema.describe(
    'Algorithms and kinds of stores from files and packages, by names of your own',
  ),
  works: z
    .record(nameSchema, workSchema)
    .refine((works) => Object.keys(works).length > 0, 'needs at least one work')
    .describe('The recommendation businesses, by the name in `/v1/recommend/{work}`'),
  flags: flagsSchema.describe('Who says which variant of an experiment a request gets'),
  experiments: experimentsSchema.describe('Works compared with each other, by names of your own'),
  gorse: gorseSchema
    .optional()
    .describe('The API that is compatible with Gorse, under `/api`; not served where left out'),
  signals: signalsSchema,
  faults: z
    .strictObject({
      enabled: z
        .boolean()
        .default(false)
        .describe('Whether `PUT /control/faults` may break things on purpose, for rehearsals'),
    })
    .prefault({}),
  anomaly: anomalySchema,
  webhooks: webhooksSchema.describe('Who is told of anomalies, by names of your own'),
  telemetry: telemetrySchema,
  provisioning: provisioningSchema.describe('What `sightline generate` writes for'),
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
  const input = completeGorse(override(raw, environment));
  const result = configSchema.safeParse(input);
  const crossed = [
    ...crossCheckModels(input),
    ...crossCheckWorks(keyOf(input, 'works'), {
      catalogue: builtInCatalogue,
      models: Object.keys(Object(keyOf(input, 'models'))),
      stores: Object.keys(Object(keyOf(keyOf(input, 'features'), 'stores'))),
      tables: Object.keys(Object(keyOf(input, 'tables'))),
      isOpen: Object.keys(Object(keyOf(input, 'plugins'))).length > 0,
    }),
    ...crossCheckShadows(input),
    ...crossCheckExperiments(input),
    ...crossCheckGorse(input),
    ...crossCheckSignals(input),
  ];
  if (result.success && crossed.length === 0) return result.data;
  const issues = result.success ? [] : result.error.issues;
  throw invalid([
    ...issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message })),
    ...crossed,
  ]);
}

/** The algorithms that need no plugin. */
export const builtInCatalogue = unitePlugins([]);

const keyOf = (input: unknown, key: string): unknown =>
  (input as Readonly<Record<string, unknown>> | null)?.[key];

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
    `configuration has ${mistakes.length} mistake${mistakes.length === 1 ? '' : 's'}: ${lines.join('; ')}`,
    {
      mistakes,
      cause,
    },
  );
}
