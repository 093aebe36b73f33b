import { z } from 'zod';

const requests = z.int().min(1).max(1_000_000);
const share = z.number().positive().max(1);

const concurrencySchema = z
  .strictObject({
    min: requests.default(20).describe('Requests that may always run at once'),
    max: requests.default(1000).describe('Requests that may run at once at most'),
    initial: requests.default(200).describe('The limit at the start'),
    tolerance: z
      .number()
      .min(1)
      .max(10)
      .default(1.5)
      .describe('How many times slower than usual requests may get before the limit sinks'),
  })
  .refine(({ min, max, initial }) => min <= initial && initial <= max, {
    error: 'needs an initial limit from min to max',
    path: ['initial'],
  })
  .prefault({});

/** What `protection:` holds: when recommend sheds requests rather than let all of them wait. */
export const protectionSchema = z
  .strictObject({
    enabled: z.boolean().default(true).describe('`false` takes in whatever comes'),
    concurrency: concurrencySchema,
    eventLoopMs: z
      .number()
      .min(1)
      .max(10_000)
      .default(250)
      .describe('Delay of the event loop that may not stay, in milliseconds'),
    holdRefusalsMs: z
      .int()
      .min(0)
      .max(1000)
      .default(250)
      .describe(
        'Milliseconds for which a refusal is held back, so that a caller who asks again at once takes no time of others',
      ),
    shares: z
      .strictObject({
        interactive: share.default(1).describe('People who wait; the default of requests'),
        batch: share.default(0.5).describe('Programs that wait'),
        shadow: share.default(0.1).describe('Copies of traffic that nobody waits for'),
      })
      .prefault({})
      .describe('How much of both limits may be in use before a class of requests is shed'),
  })
  .prefault({});

/** The protection of the query port. */
export type Protection = z.output<typeof protectionSchema>;
