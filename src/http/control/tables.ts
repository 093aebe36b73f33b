import { z } from 'zod';
import type { Gateway } from '../../gateway.ts';
import { tableKinds } from '../../stores/tables/global-table.ts';
import { isoTime } from '../instant.ts';

/** The answer of `GET /control/tables`. */
export const tablesSchema = z.strictObject({
  tables: z.array(
    z
      .strictObject({
        name: z.string(),
        kind: z.enum(tableKinds),
        file: z.string(),
        keys: z.int(),
        bytes: z.int().meta({ description: 'Of memory that all threads share' }),
        version: z.string().meta({ description: 'CRC-32 of the content' }),
        failure: z
          .strictObject({ message: z.string(), at: z.iso.datetime() })
          .nullable()
          .meta({ description: 'Why it could not be read last; the version before serves' }),
      })
      .meta({ id: 'GlobalTable' }),
  ),
});

/** The path parameter of a table. */
export const tableParams = z.object({
  name: z.string().meta({ description: 'A name that `GET /control/tables` lists' }),
});

/** The global tables of the generation that serves. */
export function listTables({ generations, tables }: Gateway): z.output<typeof tablesSchema> {
  const { generation } = generations.current;
  return {
    tables: [...generation.tables].map(([name, { kind, size, bytes, version }]) => {
      const failure = tables.failure(name);
      return {
        ...{ name, kind, file: generation.settings.tables[name].file, keys: size, bytes, version },
        failure:
          failure === undefined ? null : { message: failure.message, at: isoTime(failure.atMs) },
      };
    }),
  };
}
