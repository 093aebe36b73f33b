import { SightlineError } from '../domain/errors.ts';
import { type AlgorithmKind, type Algorithms, methodOf } from './catalogue.ts';

/**
 * Makes an algorithm, and checks that it has the function of its kind. Throws `SL_PLUGIN_FAILED` that begins with
 * `what` where it has not or cannot be made.
 */
export function makeAlgorithm<Kind extends AlgorithmKind>(
  kind: Kind,
  what: string,
  create: () => Algorithms[Kind],
): Algorithms[Kind] {
  const made = createNamed(what, create);
  const method: string = methodOf[kind];
  const run: unknown = Object(made)[method];
  if (typeof run !== 'function')
    throw new SightlineError('SL_PLUGIN_FAILED', `${what} has no function ${method}`);
  // It may be of a class, whose functions a copy would lose.
  return { ...made, [method]: run.bind(made) };
}

function createNamed<Made>(what: string, create: () => Made): Made {
  try {
    return create();
  } catch (cause) {
    if (cause instanceof SightlineError) throw cause;
    const message = `${what} cannot be made: ${messageOf(cause)}`;
    throw new SightlineError('SL_PLUGIN_FAILED', message, { cause });
  }
}

/** The longest message of somebody else's that is told. */
const maxMessage = 1000;

/** What was thrown, as text of at most 1000 characters: authors may throw anything. */
export function messageOf(cause: unknown): string {
  if (cause instanceof Error) return String(cause.message).slice(0, maxMessage);
  return typeof cause === 'string'
    ? cause.slice(0, maxMessage)
    : `threw ${cause === null ? 'null' : typeof cause}`;
}
