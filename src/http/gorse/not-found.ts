import type { Clock } from '../../domain/clock.ts';
import { SightlineError } from '../../domain/errors.ts';
import type { Gateway } from '../../gateway.ts';
import { createDoor } from '../door.ts';
import type { HttpContext } from '../env.ts';
import { type App, allowedMethods } from '../routes.ts';
import { gorseRefusal } from './answers.ts';

/** Answers what no route under `/api` does, in the words of Gorse; without a section `gorse` it says that there is none. */
export function createGorseNotFound(
  app: App,
  { gateway, clock }: { readonly gateway: Gateway; readonly clock: Clock },
): (c: HttpContext) => Promise<Response> {
  const door = createDoor({ emit: gateway.telemetry.emit, clock, refuse: gorseRefusal });
  const nothing =
    gateway.config.gorse === undefined
      ? '404: Page Not Found; the configuration has no section `gorse`'
      : '404: Page Not Found';
  return door('', (c, { failureHeaders }) => {
    const allowed = allowedMethods(app, c.req.path);
    if (allowed.length === 0) throw new SightlineError('SL_NOT_FOUND', nothing);
    failureHeaders.allow = allowed.join(', ');
    throw new SightlineError('SL_METHOD_NOT_ALLOWED', '405: Method Not Allowed');
  });
}
