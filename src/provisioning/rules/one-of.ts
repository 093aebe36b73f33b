/**
 * A matcher for a label that is one of some names, without an expression where there is one.
 *
 * @example oneOf(['item2vec', 'cbow']) // '=~item2vec|cbow'
 * @example oneOf(['item2vec']) // 'item2vec'
 */
export function oneOf(names: readonly string[]): string {
  return names.length === 1 ? names[0] : `=~${names.join('|')}`;
}
