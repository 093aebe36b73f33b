import { z } from 'zod';
import { SightlineError } from '../../../domain/errors.ts';
import { parseQuery } from '../../query-string.ts';
import { parseGoDuration } from '../go-duration.ts';
import type { Span } from './time-series.ts';

/** The parameters of a span of time. */
export const spanQuery = z.object({
  begin: z.string().optional().meta({ description: 'A week ago when left out' }),
  end: z.string().optional().meta({ description: 'Now when left out' }),
  duration: z.string().optional().meta({ description: 'Length of a bucket, as `24h`' }),
});

const dayMs = 86_400_000;

/**
 * Reads a span of time from a query string. Throws `SL_REQUEST_INVALID`.
 *
 * @example readSpan('/x?duration=1h', nowMs) // the week until now, in hours
 */
export function readSpan(url: string, nowMs: number): Span {
  const kinds = { begin: 'text', end: 'text', duration: 'text' } as const;
  const { begin, end, duration } = parseQuery(url, kinds) as Readonly<Record<string, string>>;
  const bucketMs = duration === undefined ? dayMs : parseGoDuration(duration);
  if (bucketMs === undefined || bucketMs <= 0) throw wrong('duration', 'one like 24h or 1h30m');
  return {
    beginMs: begin === undefined ? nowMs - 7 * dayMs : readTime('begin', begin),
    endMs: end === undefined ? nowMs : readTime('end', end),
    bucketMs,
  };
}

function readTime(name: string, text: string): number {
  const atMs = Date.parse(text);
  if (Number.isNaN(atMs)) throw wrong(name, 'a date or time like 2026-01-31T09:00:00Z');
  return atMs;
}

function wrong(path: string, expected: string): SightlineError {
  return new SightlineError('SL_REQUEST_INVALID', `${path} is wrong, expected ${expected}`, {
    path,
  });
}
