import { z } from 'zod';

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and dashes, 40 at most');

/** Never nothing and never all: an arm without traffic can be compared with nothing. */
const armShare = z.number().min(0.001).max(0.999);

const bandSchema = z.strictObject({
  below: z
    .number()
    .min(0.05)
    .max(0.95)
    .optional()
    .describe('Drift where the band ends; the last band has no end'),
  share: armShare.describe('Share of the traffic that treatment gets in the band'),
});

const calibrationSchema = z
  .strictObject({
    enabled: z.boolean().default(true).describe('`false` keeps the start share'),
    alpha: z
      .number()
      .min(0)
      .max(1)
      .default(0.7)
      .describe('Weight of the Jensen-Shannon divergence; the rest is that of the cosine distance'),
    table: z
      .array(bandSchema)
      .min(1)
      .max(16)
      .refine(isAscending, 'needs rising ends, and none on the last band alone')
      .default([{ below: 0.3, share: 0.1 }, { below: 0.6, share: 0.25 }, { share: 0.4 }])
      .describe('Bands of the drift between the arms, lowest first'),
    hysteresis: z
      .number()
      .min(0)
      .max(0.25)
      .default(0.05)
      .describe('Drift must be further than this beyond the edge of a band to leave it'),
    minSecondsBetweenChanges: z
      .number()
      .min(0)
      .default(3600)
      .describe('How long a share is kept at least'),
    maxChange: z.number().positive().max(1).default(0.15).describe('The most one change may move'),
    minSamples: z
      .int()
      .min(1)
      .default(500)
      .describe('Outcomes each arm needs before drift is measured'),
    mismatchPValue: z
      .number()
      .min(0)
      .max(0.5)
      .default(0.001)
      .describe('Below this probability of the counts the split is broken and stays as it is'),
  })
  .prefault({});

/** Keys of users or sessions that are in an arm whatever the split says. */
const allow = z
  .array(z.string().min(1).max(512))
  .max(10_000)
  .default([])
  .describe('Keys that are always in the arm; they do not count for the experiment');

/** One experiment as it stands under `experiments:` in the configuration; its key there is its name. */
export const experimentSchema = z
  .strictObject({
    work: name.describe('The work whose requests take part'),
    enabled: z.boolean().default(true).describe('`false` gives everybody control'),
    salt: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe('A new one draws who is in which arm anew; the name of the experiment by default'),
    by: z
      .enum(['user', 'subgraph'])
      .default('user')
      .describe(
        'The key that chooses the arm: the user, or else the session; or `subgraph_hash`, so that equal subgraphs get the same arm',
      ),
    share: armShare
      .default(0.1)
      .describe(
        'Share of the traffic that treatment starts with; with a provider of your own, the share that it is set to',
      ),
    control: z
      .strictObject({
        name: name.default('control').describe('How metrics call the arm'),
        work: name.optional().describe('Serves it; the work of the experiment by default'),
        allow,
      })
      .prefault({}),
    treatment: z.strictObject({
      name: name.default('treatment').describe('How metrics call the arm'),
      work: name.describe('Serves it; another declared work, or the same for an A/A test'),
      allow,
    }),
    calibration: calibrationSchema,
  })
  .refine(({ control, treatment }) => control.name !== treatment.name, {
    path: ['treatment', 'name'],
    message: 'must differ from the name of control',
  })
  .refine(({ control, treatment }) => !treatment.allow.some(within(control.allow)), {
    path: ['treatment', 'allow'],
    message: 'must have no key that control allows',
  });

/** What `experiments:` holds: experiments by name. */
export const experimentsSchema = z.record(name, experimentSchema).default({});

export type ExperimentOptions = z.output<typeof experimentSchema>;
export type CalibrationOptions = ExperimentOptions['calibration'];

/** The two sides of an experiment: what is served today, and what is tried. */
export type Arm = 'control' | 'treatment';

/** An arm under its own name, and the work that serves it. */
export interface Variant {
  readonly name: string;
  readonly work: string;
  /** Keys that are always in the arm. */
  readonly allow: readonly string[];
}

/** An experiment with nothing left open. */
export interface Experiment extends Readonly<Omit<ExperimentOptions, Arm>> {
  readonly name: string;
  readonly salt: string;
  readonly control: Variant;
  readonly treatment: Variant;
}

/**
 * Fills in what an experiment takes from its name and its work.
 *
 * @example defineExperiment('new-blend', options).salt // 'new-blend'
 */
export function defineExperiment(name: string, options: ExperimentOptions): Experiment {
  const { control, work, salt = name } = options;
  return { ...options, name, salt, control: { ...control, work: control.work ?? work } };
}

/** Answers whether a key is one of a list. */
function within(list: readonly string[]): (key: string) => boolean {
  const keys = new Set(list);
  return (key) => keys.has(key);
}

function isAscending(table: readonly { below?: number | undefined }[]): boolean {
  return table.every(({ below }, band) =>
    band === table.length - 1
      ? below === undefined
      : below !== undefined && (band === 0 || below > table[band - 1].below!),
  );
}
