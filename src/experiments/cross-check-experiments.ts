import type { Mistake } from '../domain/errors.ts';

/**
 * What one schema cannot see: experiments that name works nobody declares, works with two experiments, and allow lists
 * that no provider reads. Works on unchecked input, so that these mistakes are reported beside all others.
 */
export function crossCheckExperiments(input: unknown): Mistake[] {
  const declared = Object.keys(recordAt(input, 'works'));
  const { provider = 'builtin' } = recordAt(input, 'flags');
  const owners = new Map<unknown, string>();
  return Object.entries(recordAt(input, 'experiments')).flatMap(([name, experiment]) => {
    const path = `experiments.${name}`;
    const mistakes = unknownWorks(experiment, declared, path);
    if (provider !== 'builtin') mistakes.push(...unreadLists(experiment, path));
    const work = recordOf(experiment).work;
    const owner = owners.get(work);
    if (owner === undefined) owners.set(work, name);
    else if (work !== undefined) {
      const message = `work ${work} has the experiment ${owner}, expected one at most`;
      mistakes.push({ path: `${path}.work`, message });
    }
    return mistakes;
  });
}

function unknownWorks(experiment: unknown, declared: readonly string[], path: string): Mistake[] {
  const named = {
    work: recordOf(experiment).work,
    'control.work': recordAt(experiment, 'control').work,
    'treatment.work': recordAt(experiment, 'treatment').work,
  };
  return Object.entries(named).flatMap(([key, work]) => {
    if (typeof work !== 'string' || declared.includes(work)) return [];
    const message = `work ${work} is not declared, expected one of ${declared.join(', ')}`;
    return [{ path: `${path}.${key}`, message }];
  });
}

function unreadLists(experiment: unknown, path: string): Mistake[] {
  const message = 'is read by the built-in provider alone, expected the list at your provider';
  return ['control', 'treatment'].flatMap((arm) =>
    recordAt(experiment, arm).allow === undefined
      ? []
      : [{ path: `${path}.${arm}.allow`, message }],
  );
}

function recordAt(value: unknown, key: string): Readonly<Record<string, unknown>> {
  return recordOf(recordOf(value)[key]);
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
