import type { Definition } from './catalogue.ts';

/** What an algorithm may refer to where it stands; undefined where nobody can say yet. */
export interface PartsAtHand {
  /** Features that are read before. */
  readonly features: readonly string[];
  readonly tables: readonly string[] | undefined;
}

/** Says of each feature and table that an algorithm reads and that is not at hand what could be. */
export function missingParts(
  definition: Pick<Definition<unknown>, 'features' | 'tables'>,
  options: unknown,
  { features, tables }: PartsAtHand,
): string[] {
  const absent = (kind: string, read: readonly string[] = [], known: readonly string[] = read) =>
    read
      .filter((name) => !known.includes(name))
      .map((name) => `${kind} ${name}, expected one of ${known.join(', ') || 'none'}`);
  return [
    ...absent('reads feature', definition.features?.(options), features),
    ...absent('reads table', definition.tables?.(options), tables),
  ];
}
