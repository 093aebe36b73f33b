import {
  type AlgorithmKind,
  type Algorithms,
  checkOptions,
  type Definition,
} from '../../pipeline/catalogue.ts';
import { makeAlgorithm, messageOf } from '../../pipeline/make-algorithm.ts';
import { callOnce } from './call-once.ts';
import { startTrialRun, trialParts } from './trial-run.ts';

/** An algorithm of a plugin. */
export interface Trial<Kind extends AlgorithmKind = AlgorithmKind> {
  readonly kind: Kind;
  readonly name: string;
  readonly definition: Definition<Algorithms[Kind]>;
}

/**
 * Makes an algorithm with the defaults of its options, calls it once over made-up items, and answers what is
 * wrong, if anything is. Not tried are algorithms whose options have no defaults, that call out, or that need a model
 * or table.
 */
export async function tryAlgorithm(trial: Trial, limitMs: number): Promise<string | undefined> {
  const { kind, name, definition } = trial;
  const what = `${kind.slice(0, -1)} ${name}`;
  const run = startTrialRun(limitMs);
  const { parts, lacked } = trialParts(run);
  try {
    const checked = checkOptions(definition, undefined, 'options');
    if ('mistakes' in checked) return undefined;
    if ((definition.models?.(checked.options).length ?? 0) > 0) return undefined;
    const made = makeAlgorithm(kind, what, () => definition.create(checked.options, parts));
    if ('isRemote' in made && made.isRemote) return undefined;
    await callOnce[kind](made as never, run);
    return undefined;
  } catch (cause) {
    if (lacked()) return undefined;
    const message = messageOf(cause);
    return message.startsWith(what) ? message : `${what}: ${message}`;
  }
}
