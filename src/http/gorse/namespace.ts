/** The ids of one tenant: those that clients see, and those that are stored. */
export interface Namespace {
  /** The catalogue of its items; undefined where there are no tenants. */
  readonly catalog: string | undefined;
  /** What its stored ids begin with, empty where there are no tenants. */
  readonly prefix: string;
  /** Begins and ends its rows in a scan. */
  readonly range: { readonly from?: string; readonly before?: string };
  inner(id: string): string;
  outer(id: string): string;
}

const whole: Namespace = {
  catalog: undefined,
  prefix: '',
  range: {},
  inner: (id) => id,
  outer: (id) => id,
};

/**
 * The namespace of a tenant: its ids are stored with its name before them, so that no client can name a row of another.
 * Without a tenant all ids are as they come.
 *
 * @example namespaceOf('acme').inner('A1') // 'acme:A1'
 */
export function namespaceOf(tenant: string | undefined): Namespace {
  if (tenant === undefined) return whole;
  const prefix = `${tenant}:`;
  return {
    catalog: tenant,
    prefix,
    range: { from: prefix, before: `${tenant};` },
    inner: (id) => prefix + id,
    outer: (id) => id.slice(prefix.length),
  };
}
