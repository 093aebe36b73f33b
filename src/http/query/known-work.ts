import { SightlineError } from '../../domain/errors.ts';
import type { Gateway } from '../../gateway.ts';
import type { HttpContext } from '../env.ts';
import { shorten } from '../errors.ts';

/** The work that the path names. Throws `SL_WORK_UNKNOWN` with the works there are. */
export function knownWork({ layoutOf, settings }: Gateway, c: HttpContext): string {
  const work = c.req.param('work')!;
  if (layoutOf(work) !== undefined) return work;
  const known = Object.keys(settings().works).join(', ');
  const message = `work ${shorten(work, 60)} is unknown, expected one of ${known}`;
  throw new SightlineError('SL_WORK_UNKNOWN', message, { path: 'work' });
}
