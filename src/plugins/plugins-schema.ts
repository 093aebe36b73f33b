import { z } from 'zod';
import { nameSchema } from '../pipeline/work-schema.ts';

const limitsSchema = z
  .strictObject({
    loadMs: z
      .int()
      .min(100)
      .max(60_000)
      .default(10_000)
      .describe(
        'Milliseconds for its import, and for one call of each of its parts, in a thread before it is taken in',
      ),
    timeoutMs: z
      .int()
      .min(1)
      .max(60_000)
      .default(100)
      .describe('Milliseconds for one call where it is isolated; its thread is ended after that'),
    memoryMb: z
      .int()
      .min(16)
      .max(4096)
      .default(128)
      .describe(
        'Megabytes of heap its thread may have: always while it is tried, later where it is isolated',
      ),
    inFlight: z
      .int()
      .min(1)
      .max(10_000)
      .default(64)
      .describe('Calls at once where it is isolated; more are refused as `bulkhead.full`'),
  })
  .prefault({});

const optionsSchema = z.record(z.string().max(64), z.unknown());

const detectorSchema = z.strictObject({
  series: z
    .array(z.string().min(1).max(200))
    .min(1)
    .max(100)
    .describe(
      'Series as anomalies name them, with all their labels: `requests`, `store_size level`',
    ),
  options: optionsSchema.default({}).describe('Options of the detector'),
});

/** One plugin, checked and with every default filled in. */
const pluginSchema = z
  .strictObject({
    path: z
      .string()
      .min(1)
      .optional()
      .describe('File of the plugin, from the folder of the configuration; `.ts`, `.js` or `.mjs`'),
    package: z
      .string()
      .min(1)
      .max(214)
      .optional()
      .describe('Or its npm package, as it is found from the folder of the configuration'),
    isolate: z
      .boolean()
      .default(false)
      .describe(
        'Whether it runs in a thread of its own, for retrievers and scorers that are not trusted',
      ),
    limits: limitsSchema,
    signals: z
      .record(nameSchema, optionsSchema)
      .refine((signals) => Object.keys(signals).length <= 16, 'has more than 16 signals')
      .default({})
      .describe('Its signals that are measured, with the options of each'),
    detectors: z
      .record(nameSchema, detectorSchema)
      .refine((detectors) => Object.keys(detectors).length <= 16, 'has more than 16 detectors')
      .default({})
      .describe('Its detectors that judge series in place of the built-in one'),
  })
  .refine((plugin) => (plugin.path === undefined) !== (plugin.package === undefined), {
    message: 'needs either path or package',
  });

/** The plugins of a configuration, by names of the operator's own. */
export const pluginsSchema = z
  .record(nameSchema, pluginSchema)
  .refine((plugins) => Object.keys(plugins).length <= 100, 'has more than 100 plugins')
  .default({});

/** How each plugin is loaded, by name. */
export type PluginsOptions = z.output<typeof pluginsSchema>;

/** How one plugin is loaded. */
export type PluginOptions = PluginsOptions[string];
