const maxDepth = 5;
const maxMessageLength = 200;

/**
 * An error and what led to it, one line each, outermost first: `name: message`. At most 5, each message
 * cut at 200 characters, never a stack.
 *
 * @example causeChain(new TypeError('no', { cause: new Error('why') })) // ['TypeError: no', 'Error: why']
 */
export function causeChain(cause: unknown): string[] {
  const chain: string[] = [];
  for (let at = cause; at !== undefined && at !== null && chain.length < maxDepth; ) {
    try {
      chain.push(describe(at));
      at = at instanceof Error ? at.cause : undefined;
    } catch {
      // A foreign error may throw from its own getters.
      chain.push('unreadable error');
      break;
    }
  }
  return chain;
}

function describe(value: unknown): string {
  if (!(value instanceof Error)) return cut(`thrown: ${String(value)}`);
  return `${cut(String(value.name))}: ${cut(String(value.message))}`;
}

function cut(text: string): string {
  return text.length > maxMessageLength ? `${text.slice(0, maxMessageLength - 1)}…` : text;
}
