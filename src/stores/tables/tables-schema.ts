import { z } from 'zod';
import { tableKinds } from './global-table.ts';

const tableSchema = z.strictObject({
  kind: z
    .enum(tableKinds)
    .describe('`set` of keys, `u64-u32` numbers by numbers, `sorted` text by text in order'),
  file: z.string().min(1).max(4096).describe('Path of the file'),
  format: z
    .enum(['text', 'binary'])
    .default('text')
    .describe('`text`: a line is a key, or key, tab and value; may be gzip. `binary` loads faster'),
  maxKeys: z.int().min(1).max(100_000_000).default(10_000_000).describe('Lines, or keys'),
  maxBytes: z
    .int()
    .min(64)
    .max(2 ** 30)
    .default(2 ** 28)
    .describe('Memory of one version; while it is replaced there are two'),
});

/** The global tables of a configuration, by name. */
export const tablesSchema = z
  .record(z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/), tableSchema)
  .default({})
  .describe('Tables that are held in memory and shared by all threads, by name');
