import { SightlineError } from '../../domain/errors.ts';
import type { HttpContext } from '../env.ts';
import { readJson } from '../json-body.ts';

/** Reads a body as JSON; throws what `readJson` does, and says in the words of Gorse what is no JSON by its type. */
export async function readGorseBody(c: HttpContext, limitBytes: number): Promise<unknown> {
  try {
    return await readJson(c, limitBytes);
  } catch (cause) {
    if (!(cause instanceof SightlineError) || cause.code !== 'SL_MEDIA_TYPE') throw cause;
    throw new SightlineError('SL_MEDIA_TYPE', '415: Unsupported Media Type', { cause });
  }
}
