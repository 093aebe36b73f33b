import type { IncomingMessage } from 'node:http';
import type { Admit, Caller } from './gorse-route.ts';

/** What became of a request at the door. */
type Verdict = { readonly caller: Caller } | { readonly cause: unknown };

/** A mark on a request is many times cheaper than a weak map of requests. */
const verdict = Symbol('verdict');

interface Judged extends IncomingMessage {
  [verdict]?: Verdict;
}

/** The same judgement, made once for a request that two doors ask about: rates are counted once. */
export function admitOnce(admit: Admit): Admit {
  return (c, scope) => {
    const incoming: Judged | undefined = c.env?.incoming;
    if (incoming === undefined) return admit(c, scope);
    incoming[verdict] ??= judge(admit, c, scope);
    const made = incoming[verdict];
    if ('cause' in made) throw made.cause;
    return made.caller;
  };
}

function judge(admit: Admit, ...about: Parameters<Admit>): Verdict {
  try {
    return { caller: admit(...about) };
  } catch (cause) {
    return { cause };
  }
}
