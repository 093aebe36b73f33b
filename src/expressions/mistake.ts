/** What is wrong with an expression, and where. */
export class ExpressionMistake extends Error {
  /** Index of the character at which it begins, -1 where that is not known. */
  readonly at: number;

  constructor(message: string, at = -1) {
    super(message);
    this.at = at;
  }
}

/** The mistake of a name that nothing has. */
export function unknownName(
  what: string,
  name: string,
  { known, at }: { readonly known: readonly string[]; readonly at: number },
): ExpressionMistake {
  const given = name.slice(0, 40);
  return new ExpressionMistake(
    `${what} ${given} is unknown, expected one of ${known.join(', ')}`,
    at,
  );
}
