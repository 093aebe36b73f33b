import type { GorseOptions } from '../gorse-schema.ts';

/**
 * What is served of the API that is compatible with Gorse, in one line.
 *
 * @example gorseLine({ admin: false }) // 'the API of Gorse under /api, without its admin part (gorse.admin is false)'
 */
export function gorseLine({ admin }: Pick<GorseOptions, 'admin'>): string {
  const part = admin ? 'with' : 'without';
  return `the API of Gorse under /api, ${part} its admin part (gorse.admin is ${admin})`;
}
