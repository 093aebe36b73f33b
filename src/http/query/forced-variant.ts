import { SightlineError } from '../../domain/errors.ts';
import { bearerToken, type IsToken } from '../control-token.ts';
import { type HttpContext, requestHeader } from '../env.ts';

const header = 'x-sightline-variant';

/**
 * Reads the header `x-sightline-variant: EXPERIMENT/VARIANT`, by which somebody asks for a variant by hand. It needs the
 * control token, in `x-sightline-token` or as bearer; throws `SL_UNAUTHORISED` without, as who is shown another variant
 * than asked for would judge the wrong one. Undefined where the header is not there.
 */
export function readForcedVariant(
  c: HttpContext,
  isToken: IsToken | undefined,
): string | undefined {
  const asked = requestHeader(c, header);
  if (asked === undefined) return undefined;
  if (isToken === undefined)
    throw refused('choosing a variant needs a control token, which is not configured');
  const given =
    requestHeader(c, 'x-sightline-token') ?? bearerToken(requestHeader(c, 'authorization'));
  if (isToken(given)) return asked;
  throw refused('choosing a variant needs the control token, it is missing or wrong');
}

function refused(message: string): SightlineError {
  return new SightlineError('SL_UNAUTHORISED', message, { path: header });
}
