import { createContext, Script } from 'node:vm';
import { plainError } from './plain-error.ts';

const place: { call: (() => void) | undefined } = { call: undefined };
createContext(place);
const script = new Script('call()');

/**
 * Calls code of others, and ends it when it takes too long, an endless loop too. Throws a `plainError` of what it throws,
 * or one that says how long was too long. Costs 0.2 ms, as a timer thread is started. Code that calls nothing but
 * built-in functions is not ended.
 *
 * @example callWithin(100, () => { for (;;); }) // throws 'took more than 100 ms'
 */
export function callWithin(limitMs: number, call: () => void): void {
  const outer = place.call;
  place.call = call;
  try {
    script.runInContext(place, { timeout: limitMs });
  } catch (cause) {
    const isLate = Object(cause).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
    throw isLate ? new Error(`took more than ${limitMs} ms`) : plainError(cause);
  } finally {
    place.call = outer;
  }
}
