import { z } from 'zod';
import type { Clock } from '../../domain/clock.ts';
import { SightlineError } from '../../domain/errors.ts';
import type { Gateway } from '../../gateway.ts';
import { type Profiler, profileTypes } from '../../telemetry/profiles/profiler.ts';
import type { Handle } from '../door.ts';
import type { HttpContext } from '../env.ts';
import { parse } from '../errors.ts';
import { parseQuery } from '../query-string.ts';

/** The parameters of `POST /control/profile`. */
export const profileQuery = z.strictObject({
  type: z.enum(profileTypes).default('cpu').meta({
    description:
      '`cpu`: where time goes. `heap`: what was allocated meanwhile and is still there. `allocations`: what was allocated meanwhile',
  }),
  seconds: z.int().min(1).max(60).default(10).meta({ description: 'How long it samples' }),
  interval_ms: z
    .int()
    .min(1)
    .max(100)
    .default(1)
    .meta({ description: 'Time between two samples of `cpu`; a longer one costs less' }),
});

/** What taking a profile needs beside the request. */
export interface ProfileParts {
  readonly gateway: Gateway;
  readonly profiler: Profiler;
  readonly clock: Clock;
}

/**
 * Takes a profile of the process; it ends early when the client goes away. Throws `SL_REQUEST_INVALID`,
 * `SL_PROFILE_RUNNING` with the seconds until the other one is done, and `SL_SHUTTING_DOWN` while draining.
 */
export async function takeProfile(
  { gateway, profiler, clock }: ProfileParts,
  c: HttpContext,
  { requestId, failureHeaders }: Parameters<Handle>[1],
): Promise<Response> {
  const { url, signal } = c.req.raw;
  const query = parseQuery(url, { type: 'text', seconds: 'number', interval_ms: 'number' });
  const { type, seconds, interval_ms: intervalMs } = parse(profileQuery, query);
  if (gateway.readiness().reasons.includes('draining'))
    throw new SightlineError('SL_SHUTTING_DOWN', 'gateway is draining, expected one that serves');
  const secondsLeft = profiler.secondsLeft();
  if (secondsLeft > 0) failureHeaders['retry-after'] = String(Math.ceil(secondsLeft));
  const fileName = `sightline-${type}-${fileTime(clock.now())}.pb.gz`;
  const bytes = await profiler.take({ type, seconds, intervalMs, signal });
  return new Response(bytes, {
    headers: {
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${fileName}"`,
      'x-request-id': requestId,
    },
  });
}

/** @example fileTime(0) // '19700101T000000Z' */
const fileTime = (atMs: number) => new Date(atMs).toISOString().replace(/[-:]|\.\d+/g, '');
