import type { Mistake } from '../domain/errors.ts';

/**
 * What one schema cannot see: experiments that name works nobody declares, and works with two experiments. Works on
 * unchecked input, so that these mistakes are reported beside all others.
 */
export function crossCheckExperiments(input: unknown): Mistake[] {
  const declared = Object.keys(recordAt(input, 'works'));
  const owners = new Map<unknown, string>();
  return Object.entries(recordAt(input, 'experiments')).flatMap(([name, experiment]) => {
    const mistakes = unknownWorks(experiment, declared, `experiments.${name}`);
    const work = recordOf(experiment).work;
    const owner = owners.get(work);
    if (owner === undefined) owners.set(work, name);
    else if (work !== undefined) {
      const message = `work ${work} has the experiment ${owner}, expected one at most`;
      mistakes.push({ path: `experiments.${name}.work`, message });
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

function recordAt(value: unknown, key: string): Readonly<Record<string, unknown>> {
  return recordOf(recordOf(value)[key]);
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
