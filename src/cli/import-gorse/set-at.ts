/** A part of a configuration while it is put together. */
export type Draft = { [key: string]: unknown };

/** Sets the value at a path with dots, and makes the tables on the way to it. */
export function setAt(draft: Draft, path: string, value: unknown): void {
  const keys = path.split('.');
  let at = draft;
  for (const key of keys.slice(0, -1)) {
    at[key] ??= {};
    at = at[key] as Draft;
  }
  at[keys.at(-1)!] = value;
}
