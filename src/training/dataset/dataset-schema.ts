import { z } from 'zod';

const path = z.string().describe('File or folder, imported into an empty store at the first start');
const column = z.union([z.string().min(1).max(200), z.int().min(1).max(1000)]);

/** Where the fields of an event stand in a file of events. */
const columnsSchema = z
  .strictObject({
    id: column.default('id').describe('The key of the event; made from its content where absent'),
    type: column.default('type').describe('What happened; `feedbackType` where absent'),
    item: column.default('item').describe('Id of the item'),
    user: column.default('user').describe('Id of the user'),
    session: column.default('session').describe('Id of the session'),
    timestamp: column
      .default('timestamp')
      .describe('When it happened: epoch time in `timeUnit`, or ISO 8601 with an offset'),
    value: column.default('value').describe('How much, as a rating'),
    request_id: column.default('request_id').describe('The answer that led to it'),
  })
  .prefault({});

/** How files of comma-separated values are read. */
export const csvSchema = z.strictObject({
  format: z
    .literal('csv')
    .describe(
      'A file of events, or a folder with feedback.csv, items.csv and users.csv, each packed where it ends in .gz',
    ),
  path,
  delimiter: z
    .string()
    .length(1)
    .regex(/^[^"\r\n]$/, 'must be one character, no quote and no line end')
    .default(',')
    .describe('What stands between fields'),
  header: z
    .boolean()
    .default(true)
    .describe('Whether the first row names the columns; without it `columns` are numbers from 1'),
  columns: columnsSchema.describe('Columns of events, by the names of the header or by number'),
  feedbackType: z
    .string()
    .min(1)
    .max(128)
    .default('click')
    .describe('The type of events where no column says it'),
  timeUnit: z
    .enum(['ms', 's'])
    .default('ms')
    .describe('What times that are numbers count since 1970: milliseconds or seconds'),
});

/** The data of a first start. */
export const datasetSchema = z.discriminatedUnion('format', [
  z.strictObject({
    format: z
      .enum(['eshop', 'jsonl', 'lists'])
      .describe(
        '`eshop`: the shipped clickstream; `jsonl`: a folder with items.jsonl, users.jsonl, feedback.jsonl; `lists`: a file with a line a user, `user item item ...`',
      ),
    path,
  }),
  csvSchema,
]);

/** How a file of comma-separated values is read, with every default filled in. */
export type CsvSource = z.output<typeof csvSchema>;
