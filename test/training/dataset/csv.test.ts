import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CsvRecord, createCsvRecords } from '../../../src/training/dataset/csv-records.ts';
import { collectDataset } from '../../../src/training/dataset/dataset-reader.ts';
import { csvSchema } from '../../../src/training/dataset/dataset-schema.ts';
import { folderOf } from './folder-of.ts';

const read = (path: string, options: object = {}) =>
  collectDataset(csvSchema.parse({ format: 'csv', path, ...options }));

function recordsOf(text: string, delimiter = ','): CsvRecord[] {
  const records = createCsvRecords(delimiter);
  const lines = text.split('\n');
  return [...lines.flatMap((line) => records.take([line])), ...records.end()];
}

test('quoted fields may hold delimiters, quotes and line ends', () => {
  expect(recordsOf('a,"b ""c"", d"\n"1\n2",\n\n"",x')).toEqual([
    { line: 1, fields: ['a', 'b "c", d'] },
    { line: 2, fields: ['1\n2', ''] },
    { line: 5, fields: ['', 'x'] },
  ]);
});

test('a quote that is never closed spoils its own line alone', () => {
  expect(recordsOf('a\n"b\nc\nd')).toEqual([
    { line: 1, fields: ['a'] },
    { line: 2, problem: expect.stringContaining('not closed') },
    { line: 3, fields: ['c'] },
    { line: 4, fields: ['d'] },
  ]);
  expect(recordsOf('"b"x,1\n2')).toEqual([
    { line: 1, problem: expect.any(String) },
    { line: 2, fields: ['2'] },
  ]);
});

test('a quote that stays open for a million characters is given up', () => {
  const line = 'x'.repeat(1000);
  const records = recordsOf(`"open\n${`${line}\n`.repeat(1100)}end`);
  expect(records[0]).toMatchObject({ line: 1, problem: expect.any(String) });
  expect(records.length).toBe(1102);
});

test('whatever fields hold, they come back as they were written', () => {
  const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ';', ' ', 'é') });
  const rows = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { maxLength: 8 });
  const property = fc.property(rows, (table) => {
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    const text = table.map((row) => row.map(quoted).join(';')).join('\n');
    const found = recordsOf(text, ';').map((record) => 'fields' in record && record.fields);
    expect(found).toEqual(table);
  });
  fc.assert(property);
});

test('a folder of three files is read, with attributes from further columns', async () => {
  const path = folderOf({
    'items.csv':
      'id,catalog,categories,published_at,hidden,brand,price,on sale\nA,shoes,boots|winter/snow,1000,false,Acme,12.5,true\nB,,,,,"Acme, Inc.",007,\n',
    'users.csv': 'id,segment,age\nu,regulars,30\n',
    'feedback.csv':
      'type,item,user,timestamp,value\nrating,A,u,2026-01-01T00:00:00Z,4\nrating,B,u,5,\n',
  });
  const { items, users, feedback, report } = await read(path);
  expect(report).toMatchObject({ items: 2, users: 1, feedback: 2, skipped: 0 });
  expect(items).toEqual([
    {
      ...{ id: 'A', catalog: 'shoes', categories: ['boots', 'winter/snow'], hidden: false },
      ...{ publishedAtMs: 1000, expiresAtMs: undefined },
      attributes: { brand: 'Acme', price: 12.5, 'on sale': true },
    },
    expect.objectContaining({
      ...{ id: 'B', catalog: 'default', categories: [] },
      // A number with leading zeros is a code.
      attributes: { brand: 'Acme, Inc.', price: '007' },
    }),
  ]);
  expect(users).toEqual([{ id: 'u', segment: 'regulars', attributes: { age: 30 } }]);
  expect(feedback.map(({ atMs, value }) => [atMs, value])).toEqual([
    [Date.UTC(2026, 0, 1), 4],
    [5, undefined],
  ]);
});

test('a file of events without a header is read by number, its times in seconds, and items are those it names', async () => {
  const path = `${folderOf({ 'u.data': '196\t242\t3\t881250949\n186\t242\t5\t891717742\n' })}/u.data`;
  const { items, feedback } = await read(path, {
    ...{ delimiter: '\t', header: false, timeUnit: 's', feedbackType: 'rating' },
    columns: { user: 1, item: 2, value: 3, timestamp: 4 },
  });
  expect(items.map(({ id }) => id)).toEqual(['242']);
  expect(feedback).toMatchObject([
    { type: 'rating', user: '196', item: '242', value: 3, atMs: 881_250_949_000 },
    { type: 'rating', user: '186', item: '242', value: 5, atMs: 891_717_742_000 },
  ]);
});

test('bad rows are named and counted, and the rest is read', async () => {
  const path = folderOf({
    'feedback.csv':
      'item,session,timestamp,value\nA,s,1,\nA,s\n,s,2,\nA,s,yesterday,\nA,s,3,much\n"A,s,4,\nB,s,5,1\n',
  });
  const { feedback, report } = await read(path);
  expect(feedback.map(({ item }) => item)).toEqual(['A', 'B']);
  expect(report.skipped).toBe(5);
  expect(report.examples.map(({ line }) => line)).toEqual([3, 4, 5, 6, 7]);
  expect(report.reasons).toEqual({
    'wrong number of columns': 1,
    'bad item': 1,
    'bad timestamp': 1,
    'bad value': 1,
    'bad quotes': 1,
  });
});

test('a file without a column that it needs, or no file, is refused by name', async () => {
  const path = folderOf({ 'feedback.csv': 'sku,timestamp\nA,1\n' });
  await expect(read(path)).rejects.toMatchObject({
    code: 'SL_DATA_INVALID',
    message: expect.stringContaining('has no column item'),
  });
  await expect(read('/nowhere')).rejects.toMatchObject({ code: 'SL_DATA_INVALID' });
});

test('lists of users are events in their order, and of the items that occur', async () => {
  const path = `${folderOf({ 'train.txt': '0 5 6\n1 6\n2\n3 \u0001\n' })}/train.txt`;
  const { items, feedback, report } = await collectDataset({ format: 'lists', path });
  expect(items.map(({ id }) => id)).toEqual(['5', '6']);
  expect(feedback.map(({ user, item, atMs }) => [user, item, atMs])).toEqual([
    ['0', '5', 0],
    ['0', '6', 1],
    ['1', '6', 0],
  ]);
  expect(report).toMatchObject({ skipped: 1, reasons: { 'bad id': 1 } });
});
