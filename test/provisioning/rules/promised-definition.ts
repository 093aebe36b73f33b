import type { Definition, WorkDefinition } from '../../../src/provisioning/source/definition.ts';
import { exampleDefinition } from '../example-definition.ts';

/** The shipped definition, whose first work and whose features stage promise all that can be promised. */
export function promisedDefinition(different: Partial<Definition> = {}): Definition {
  const [first, ...others] = exampleDefinition().works;
  return exampleDefinition({ works: [promisingAll(first), ...others], ...different });
}

function promisingAll(work: WorkDefinition): WorkDefinition {
  return {
    ...work,
    slo: {
      availability: 0.999,
      latencyP95Ms: 60,
      nonEmpty: 0.995,
      coverage: 0.3,
      freshnessHours: 24,
    },
    stages: work.stages.map((stage) =>
      stage.name !== 'features'
        ? stage
        : { ...stage, slo: { availability: 0.99, latencyP99Ms: 15, freshnessP95Seconds: 3600 } },
    ),
  };
}

/** What the gateway promises nothing of. */
export function unpromisedDefinition(): Definition {
  const works = exampleDefinition().works.map((work) => ({
    ...work,
    slo: {},
    stages: work.stages.map((stage) => ({ ...stage, slo: {} })),
  }));
  return exampleDefinition({ works });
}
