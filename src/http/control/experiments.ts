import { z } from 'zod';
import type { Gateway } from '../../gateway.ts';
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

const experimentStatusSchema = z
  .strictObject({
    name: z.string(),
    work: z.string(),
    control: variantSchema,
    treatment: variantSchema,
    state: z.enum(['split', 'killed', 'disabled']),
    share: z.number().meta({ description: 'Share of the traffic that treatment gets' }),
    since: z.iso.datetime(),
    decision: decisionSchema.nullable(),
  })
  .meta({ id: 'Experiment' });

/** The answer of `GET /control/experiments` and of what kills and revives one. */
export const experimentsSchema = z.strictObject({ experiments: z.array(experimentStatusSchema) });

/** The path parameter of an experiment. */
export const experimentParams = z.object({
  name: z.string().meta({ description: 'A name that `GET /control/experiments` lists' }),
});

/** Every experiment with its split and why it is so. */
export function listExperiments({ experiments }: Gateway): z.output<typeof experimentsSchema> {
  return {
    experiments: experiments.status().map(({ sinceMs, decision, ...rest }) => ({
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
    })),
  };
}
