import { errorCodes, type Mistake, SightlineError } from '../domain/errors.ts';

/**
 * What a person reads about an error: code, message, every mistake on its own line, the causes, and what
 * to do. With `debug` the stack is added. The errors of an `AggregateError` follow each other.
 *
 * @example
 * describeError(new SightlineError('SL_PORT_TAKEN', 'port 8080 of 127.0.0.1 is taken'), { debug: false })
 * // error SL_PORT_TAKEN: port 8080 of 127.0.0.1 is taken
 * //   choose another port, or stop what listens there
 */
export function describeError(error: unknown, { debug }: { debug: boolean }): string {
  if (error instanceof AggregateError) {
    return error.errors.map((each) => describeError(each, { debug })).join('');
  }
  const known = error instanceof SightlineError ? error : undefined;
  const code = known?.code ?? 'SL_INTERNAL';
  const mistakes = listedMistakes(error);
  const lines = [
    `error ${code}: ${headline(messageOf(error), mistakes)}`,
    ...mistakes.map(({ path, message }) => `  - ${path === '' ? '' : `${path}: `}${message}`),
    ...causesOf(error).map((cause) => `  because: ${cause}`),
    `  ${known === undefined ? internalAdvice : errorCodes[code].advice}`,
  ];
  if (debug) lines.push(stackOf(error));
  return `${lines.join('\n')}\n`;
}

const internalAdvice =
  'this is a mistake in Sightline: run again with SIGHTLINE_DEBUG=1 and report what it prints';

/** One mistake that the message tells already stands well there. */
function listedMistakes(error: unknown): readonly Mistake[] {
  if (!(error instanceof SightlineError)) return [];
  const { message, mistakes } = error;
  return mistakes.length === 1 && message.includes(mistakes[0].message) ? [] : mistakes;
}

/** A message lists its mistakes for whoever sees nothing else; here they have lines of their own. */
function headline(message: string, mistakes: readonly Mistake[]): string {
  if (mistakes.length === 0) return message;
  const { path, message: first } = mistakes[0];
  const start = message.indexOf(path === '' ? first : `${path}: ${first}`);
  return start <= 0 ? message : message.slice(0, start).replace(/[:;\s]+$/, '');
}

function causesOf(error: unknown): string[] {
  const causes: string[] = [];
  let at = error instanceof Error ? error.cause : undefined;
  while (at !== undefined && at !== null && causes.length < 8) {
    causes.push(messageOf(at));
    at = at instanceof Error ? at.cause : undefined;
  }
  return causes;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? '') : '';
}
