import type { AccessOptions } from '../access/access-schema.ts';

/**
 * Who may call the query listener, in one line; secrets are named by their variables alone, and not here.
 *
 * @example accessLine({ keys: {} }) // 'open to everybody who reaches it'
 */
export function accessLine({ keys }: AccessOptions): string {
  const named = Object.entries(keys).map(([name, { tenant, scopes }]) => {
    const good = scopes.join(', ');
    return `${name} (${tenant === undefined ? good : `${good} of tenant ${tenant}`})`;
  });
  return named.length === 0
    ? 'open to everybody who reaches it'
    : `open to keys alone: ${named.join(', ')}`;
}
