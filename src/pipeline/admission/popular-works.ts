import { layOut } from '../../telemetry/layout.ts';
import type { Work } from '../work.ts';

/**
 * Makes the look-up of what a shed request gets of a work: its essential stages alone. The intent says what may be
 * served, and the filter stage, without candidates, takes from the popularity list what passes. It has no shadow, as
 * such an answer says nothing of the work.
 *
 * @example createPopularWorks()(home).stages.map(({ name }) => name) // ['intent', 'filter']
 */
export function createPopularWorks(): (work: Work) => Work {
  const known = new WeakMap<Work, Work>();
  return (work) => {
    let popular = known.get(work);
    if (popular === undefined) {
      popular = popularWork(work);
      known.set(work, popular);
    }
    return popular;
  };
}

function popularWork(work: Work): Work {
  const stages = work.stages.filter(({ essential }) => essential);
  const slots = stages.map(({ name, component, components }) => ({
    stage: name,
    component,
    components,
  }));
  return {
    ...work,
    stages,
    layout: layOut(work.name, slots),
    faulty: undefined,
    shadow: undefined,
  };
}
