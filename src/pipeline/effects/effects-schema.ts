import { z } from 'zod';

const milliseconds = z.int().min(1).max(600_000);

/** What `effects:` holds: the bounds of the work that follows answers. */
export const effectsSchema = z
  .strictObject({
    capacity: z
      .int()
      .min(1)
      .max(100_000)
      .default(256)
      .describe('Effects that may wait; what comes beyond is dropped'),
    atOnce: z.int().min(1).max(64).default(4).describe('Effects that may run at once'),
    waitMs: milliseconds
      .default(5000)
      .describe('How long an effect may wait before it is dropped, in milliseconds'),
    timeLimitMs: milliseconds
      .default(1000)
      .describe('How long an effect may run before it is given up, in milliseconds'),
    drainMs: z
      .int()
      .min(0)
      .max(600_000)
      .default(1000)
      .describe('How long a stop waits for effects, in milliseconds'),
  })
  .prefault({});

/** The bounds of an effect queue. */
export type EffectBounds = z.output<typeof effectsSchema>;
