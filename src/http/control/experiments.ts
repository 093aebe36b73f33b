import { z } from 'zod';
import { type ArmOutcomes, type ArmResults, alpha } from '../../experiments/arm-results.ts';
import type { ExperimentStatus } from '../../experiments/experiments.ts';
import type { Gateway } from '../../gateway.ts';
import type { Interval } from '../../math/confidence-sequence.ts';
import { isoTime } from '../instant.ts';

const variantSchema = z.strictObject({ name: z.string(), work: z.string() });
const pairSchema = z.strictObject({ control: z.number(), treatment: z.number() });

const decisionSchema = z
  .strictObject({
    reason: z.enum(['killed', 'disabled', 'mismatch', 'too_few', 'steady', 'too_soon', 'changed']),
    samples: pairSchema.meta({ description: 'Requests whose outcome is known' }),
    drift: z
      .number()
      .nullable()
      .meta({ description: 'Difference of the outcomes of the arms, 0.05 to 0.95' }),
    mismatch_p_value: z
      .number()
      .nullable()
      .meta({ description: 'How likely chance fills the arms so far from the plan' }),
  })
  .meta({ id: 'SplitDecision', description: 'What the last measurement led to' });

const bound = z.number().nullable();
const intervalSchema = z
  .strictObject({ value: z.number(), low: bound, high: bound })
  .meta({ id: 'Interval', description: 'Bounds are null where chance cannot be told yet' });
const outcomesSchema = z.strictObject({ clicks: intervalSchema, conversions: intervalSchema });

const resultsSchema = z
  .strictObject({
    confidence: z.number().meta({
      description:
        'Chance that all intervals of a number ever shown hold the truth, however often they are looked at',
    }),
    samples: pairSchema.meta({ description: 'Requests whose outcome is known, under this share' }),
    control: outcomesSchema.meta({ description: 'Shares of the requests' }),
    treatment: outcomesSchema.meta({ description: 'Shares of the requests' }),
    difference: outcomesSchema.meta({
      description: 'Treatment minus control: an interval without 0 is a difference',
    }),
  })
  .meta({ id: 'ArmResults', description: 'What the arms achieved since the share is in force' });

const experimentStatusSchema = z
  .strictObject({
    name: z.string(),
    work: z.string(),
    by: z.enum(['user', 'subgraph']).meta({ description: 'What chooses the variant' }),
    control: variantSchema,
    treatment: variantSchema,
    state: z.enum(['split', 'killed', 'disabled']),
    share: z.number().meta({ description: 'Share of the traffic that treatment gets' }),
    since: z.iso.datetime(),
    decision: decisionSchema.nullable(),
    results: resultsSchema
      .nullable()
      .meta({ description: 'null while either arm has too few outcomes' }),
  })
  .meta({ id: 'Experiment' });

/** The answer of `GET /control/experiments` and of what kills and revives one. */
export const experimentsSchema = z.strictObject({
  provider: z
    .strictObject({ name: z.string(), status: z.string() })
    .meta({ description: 'Who chooses the variants; READY where it can' }),
  experiments: z.array(experimentStatusSchema),
});

/** The path parameter of an experiment. */
export const experimentParams = z.object({
  name: z.string().meta({ description: 'A name that `GET /control/experiments` lists' }),
});

/** Every experiment with its split, why it is so, and what its arms achieve. */
export function listExperiments({ experiments }: Gateway): z.output<typeof experimentsSchema> {
  return { provider: experiments.provider, experiments: experiments.status().map(showExperiment) };
}

function showExperiment({ sinceMs, decision, results, ...rest }: ExperimentStatus) {
  return {
    ...rest,
    since: isoTime(sinceMs),
    decision:
      decision === undefined
        ? null
        : {
            reason: decision.reason,
            samples: decision.samples,
            drift: decision.drift ?? null,
            mismatch_p_value: decision.mismatch?.pValue ?? null,
          },
    results: results === undefined ? null : showResults(results),
  };
}

function showResults({ samples, control, treatment, difference }: ArmResults) {
  return {
    confidence: 1 - alpha,
    samples,
    control: showOutcomes(control),
    treatment: showOutcomes(treatment),
    difference: showOutcomes(difference),
  };
}

const showOutcomes = ({ clicks, conversions }: ArmOutcomes) => ({
  clicks: showInterval(clicks),
  conversions: showInterval(conversions),
});

/** Where nothing varies yet, an interval of no width would claim certainty. */
function showInterval({ value, low, high }: Interval) {
  return low < high ? { value, low, high } : { value, low: null, high: null };
}
