import type { Definition, WorkDefinition } from '../../../src/provisioning/source/definition.ts';
import { exampleDefinition } from '../example-definition.ts';

/** The shipped definition, whose first work and whose features stage promise all that can be promised. */
export function promisedDefinition(different: Partial<Definition> = {}): Definition {
  const [first, ...others] = unpromisedDefinition().works;
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

/** The shipped definition without any promise. */
export function unpromisedDefinition(different: Partial<Definition> = {}): Definition {
  const works = exampleDefinition().works.map((work) => ({
    ...work,
    slo: {},
    stages: work.stages.map((stage) => ({ ...stage, slo: {} })),
  }));
  return exampleDefinition({ works, ...different });
}

const bareWork: WorkDefinition = {
  name: 'home',
  strategy: 'home',
  budgetMs: 100,
  slo: {},
  stages: [{ name: 'retrieve', budgetMs: undefined, slo: {} }],
  models: [],
};

/** Definitions that rules must get along with, by what they are like. */
export const definitions: Readonly<Record<string, Definition>> = {
  'as shipped': exampleDefinition(),
  'with every promise, in an environment': promisedDefinition({ environment: 'staging' }),
  'of a period of half an hour': promisedDefinition({ sloDays: 0.02, scrapeSeconds: 1 }),
  'with slow scrapes': promisedDefinition({ sloDays: 90, scrapeSeconds: 300, tickSeconds: 3600 }),
  'without promises': unpromisedDefinition(),
  'with hardly anything': exampleDefinition({
    works: [bareWork],
    experiments: [],
    segments: [],
    models: [],
  }),
};
