import { SightlineError } from '../../domain/errors.ts';
import { printable } from './printable.ts';
import type { Form, Settings } from './settings.ts';

/** One table of an array of tables, its texts by field. */
export type Row = Readonly<Record<string, string>>;

/** Tables that one array may have; each becomes a model and a work. */
const maxTables = 50;

const tables: Form<readonly Readonly<Record<string, unknown>>[]> = {
  name: 'an array of tables',
  read: (raw) =>
    Array.isArray(raw) && raw.every((each) => typeof each === 'object' && each !== null)
      ? raw
      : undefined,
};

/**
 * The tables of an array such as `[[recommend.item-to-item]]`, those named twice left out but for the first. Fields that are
 * not there are empty; other fields are told as unknown. Throws `SL_CONFIG_INVALID` for more than 50 tables.
 */
export function listTables(
  settings: Settings,
  key: string,
  fields: readonly string[],
): readonly Row[] {
  const found = settings.read(key, tables) ?? [];
  if (found.length > maxTables) {
    const message = `configuration of Gorse has ${found.length} tables ${key}, expected ${maxTables} at most`;
    throw new SightlineError('SL_CONFIG_INVALID', message);
  }
  if (found.length === 0) settings.tell(key, 'same', 'is empty');
  const names = new Set<string>();
  return found.flatMap((table) => {
    const row = toRow(settings, { key, table, fields });
    if (!names.has(row.name)) {
      names.add(row.name);
      return [row];
    }
    settings.tell(key, 'none', `${nameOf(row.name)} stands twice; the first one counts`);
    return [];
  });
}

/** How the name of a table is shown. */
export const nameOf = (name: string): string => JSON.stringify(printable(name, 64));

function toRow(
  settings: Settings,
  { key, table, fields }: { key: string; table: object; fields: readonly string[] },
): Row {
  const lower = new Map(
    Object.entries(table).map(([field, value]) => [field.toLowerCase(), value]),
  );
  for (const field of lower.keys()) {
    if (fields.includes(field)) continue;
    const text = 'no field that Gorse 0.4 or 0.5 reads; look whether it is misspelt';
    settings.add({ key: printable(`${key}[].${field}`), verdict: 'unknown', text });
  }
  return Object.fromEntries(
    fields.map((field) => {
      const value = lower.get(field) ?? '';
      if (typeof value === 'string') return [field, value];
      const text = 'is not a text, which Gorse would refuse too; left out';
      settings.add({ key: `${key}[].${field}`, verdict: 'none', text });
      return [field, ''];
    }),
  );
}
