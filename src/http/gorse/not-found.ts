import type { Clock } from '../../domain/clock.ts';
import { SightlineError } from '../../domain/errors.ts';
import type { Gateway } from '../../gateway.ts';
import { createDoor } from '../door.ts';
import type { HttpContext } from '../env.ts';
import { type App, allowedMethods } from '../routes.ts';
import { gorseRefusal } from './answers.ts';

/** Answers what no route under `/api` does, in the words of Gorse; undefined without a section `gorse`. */
export function createGorseNotFound(
  app: App,
  { gateway, clock }: { readonly gateway: Gateway; readonly clock: Clock },
): ((c: HttpContext) => Promise<Response>) | undefined {
  if (gateway.config.gorse === undefined) return undefined;
  const door = createDoor({ emit: gateway.telemetry.emit, clock, refuse: gorseRefusal });
  return door('', (c, { failureHeaders }) => {
    const allowed = allowedMethods(app, c.req.path);
    if (allowed.length === 0) throw new SightlineError('SL_NOT_FOUND', '404: Page Not Found');
    failureHeaders.allow = allowed.join(', ');
    throw new SightlineError('SL_METHOD_NOT_ALLOWED', '405: Method Not Allowed');
  });
}
