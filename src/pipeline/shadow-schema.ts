import { z } from 'zod';
import type { Mistake } from '../domain/errors.ts';

/** What `shadow:` of a work holds. */
export const shadowSchema = z.strictObject({
  work: z.string().describe('The work that answers the same requests, unseen by anybody'),
  rate: z
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe('Share of the answered requests that it gets, chosen by request id'),
});

/** A work that answers requests of another one, unseen. */
export type ShadowOptions = z.output<typeof shadowSchema>;

/**
 * What one schema cannot see: shadows that nobody declares, and works that are their own shadow, directly or in a
 * circle. Works on unchecked input, so that these mistakes are reported beside all others.
 */
export function crossCheckShadows(input: unknown): Mistake[] {
  const works = recordOf(recordOf(input).works);
  const shadowOf = (work: string) => recordOf(recordOf(works[work]).shadow).work;
  return Object.keys(works).flatMap((work) => {
    const shadow = shadowOf(work);
    if (typeof shadow !== 'string') return [];
    const message = Object.hasOwn(works, shadow)
      ? circleMessage(work, shadowOf)
      : `work ${shadow} is not declared, expected one of ${Object.keys(works).join(', ')}`;
    return message === undefined ? [] : [{ path: `works.${work}.shadow.work`, message }];
  });
}

/** What is wrong where the shadows of a work lead back to it. */
function circleMessage(work: string, shadowOf: (work: string) => unknown): string | undefined {
  const passed = [work];
  let next = shadowOf(work);
  while (typeof next === 'string' && !passed.includes(next)) {
    passed.push(next);
    next = shadowOf(next);
  }
  if (next !== work) return undefined;
  return passed.length === 1
    ? `work ${work} is its own shadow, expected another work`
    : `shadows go in a circle: ${[...passed, work].join(', ')}; expected one of them without a shadow`;
}

const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
