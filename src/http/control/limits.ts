import { z } from 'zod';
import type { Gateway } from '../../gateway.ts';
import type { ShedCounts } from '../../pipeline/admission/admission.ts';
import { priorities } from '../../pipeline/admission/shed.ts';

const requests = z.int().min(0);
const answersSchema = z.strictObject({ popular: requests, refused: requests });

const classSchema = z
  .strictObject({
    priority: z.enum(priorities),
    share: z.number().meta({ description: 'Share of both limits that the class may use' }),
    shed: z
      .strictObject({ concurrency: answersSchema, event_loop: answersSchema })
      .meta({ description: 'Requests since the start, by reason and what they got instead' }),
  })
  .meta({ id: 'RequestClass' });

/** The answer of `GET /control/limits`. */
export const limitsSchema = z.strictObject({
  enabled: z.boolean(),
  concurrency: z
    .strictObject({
      limit: requests,
      min: requests,
      max: requests,
      in_flight: requests,
    })
    .nullable(),
  event_loop: z
    .strictObject({
      delay_ms: z.number().meta({ description: 'How late a timer was that was due last' }),
      bound_ms: z.number(),
      behind: z.boolean().meta({ description: 'Whether the delay stays beyond the bound' }),
    })
    .nullable(),
  classes: z.array(classSchema),
});

/** What recommend takes in, by class of requests; nulls where protection is off. */
export function showLimits({ admission, config }: Gateway): z.output<typeof limitsSchema> {
  if (admission === undefined)
    return { enabled: false, concurrency: null, event_loop: null, classes: [] };
  const { limit, loop, inFlight, shares, shed } = admission;
  const { min, max } = config.protection.concurrency;
  return {
    enabled: true,
    concurrency: { limit: limit.limit, min, max, in_flight: inFlight },
    event_loop: { delay_ms: loop.delayMs, bound_ms: loop.boundMs, behind: loop.isBehind },
    classes: priorities.map((priority) => ({
      priority,
      share: shares[priority],
      shed: shedOf(shed[priority]),
    })),
  };
}

const shedOf = (counts: ShedCounts) => ({
  concurrency: { ...counts['shed.concurrency'] },
  event_loop: { ...counts['shed.eventloop'] },
});
