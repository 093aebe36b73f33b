import { readConfig } from '../../src/config.ts';
import { define } from '../../src/defining.ts';
import type { Definition } from '../../src/provisioning/source/definition.ts';

/** The definition of the shipped configuration, with what a test says differently. */
export function exampleDefinition(different: Partial<Definition> = {}): Definition {
  return { ...define(readConfig('sightline.yaml', {})), ...different };
}
