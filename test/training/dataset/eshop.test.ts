import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { collectDataset, readDataset } from '../../../src/training/dataset/dataset-reader.ts';
import {
  eshopHeader,
  eshopSegment,
  parseEshopRow,
} from '../../../src/training/dataset/eshop-row.ts';
import { folderOf } from './folder-of.ts';

const demo = resolve(import.meta.dirname, '../../../demo/eshop-clothing-2008.csv.gz');
const good = '2008;4;1;1;29;1;1;A13;1;5;1;28;2;1';
const read = (lines: readonly string[], { file = 'e.csv', end = '\r\n' } = {}) => {
  const folder = folderOf({ [file]: lines.map((line) => line + end).join('') });
  return collectDataset({ format: 'eshop', path: join(folder, file) });
};

test('the shipped file holds every click of the data set, and no row is passed over', async () => {
  const { items, users, feedback, segmentOf, report } = await collectDataset({
    format: 'eshop',
    path: demo,
  });
  expect([items.length, users.length, feedback.length]).toEqual([217, 0, 165_474]);
  expect(segmentOf.size).toBe(24_026);
  expect(report).toEqual({
    items: 217,
    users: 0,
    feedback: 165_474,
    skipped: 0,
    reasons: {},
    examples: [],
  });
  expect(new Set(feedback.map(({ key }) => key)).size).toBe(165_474);
  const segments = Map.groupBy(segmentOf.values(), (segment) => segment);
  expect(
    Object.fromEntries([...segments].map(([segment, { length }]) => [segment, length])),
  ).toEqual({
    poland: 19_582,
    'czech-republic': 2261,
    'other-eu': 1121,
    'outside-eu': 104,
    unknown: 958,
  });
  expect(Object.groupBy(items, ({ catalog }) => catalog).sale?.length).toBe(82);
});

test('a click becomes an item of its first row, and an event of its session', async () => {
  const { items, feedback, segmentOf } = await read([eshopHeader, good]);
  expect(items).toEqual([
    {
      id: 'A13',
      catalog: 'trousers',
      categories: ['trousers'],
      attributes: {
        colour: 'beige',
        price: 28,
        price_above_average: false,
        photography: 'en face',
        page: 1,
        location: 5,
      },
      hidden: false,
      publishedAtMs: Date.UTC(2008, 3, 1),
    },
  ]);
  expect(feedback).toMatchObject([{ key: 's1-1', type: 'click', item: 'A13', session: 's1' }]);
  expect(segmentOf.get('s1')).toBe('poland');
});

test('times keep the order of sessions and clicks, stay in the day, and are the same each time', async () => {
  const rows = [eshopHeader];
  for (let session = 1; session <= 50; session++)
    for (let order = 1; order <= 4; order++)
      rows.push(`2008;4;2;${order};29;${session};1;A${order};1;5;1;28;2;1`);
  const { feedback } = await read(rows);
  const starts = feedback.filter((_, i) => i % 4 === 0).map(({ atMs }) => atMs);
  expect(starts).toEqual([...starts].sort((a, b) => a - b));
  expect(starts[0]).toBeGreaterThanOrEqual(Date.UTC(2008, 3, 2));
  expect(starts[49]).toBeLessThan(Date.UTC(2008, 3, 3));
  for (let i = 1; i < feedback.length; i++) {
    if (i % 4 === 0) continue;
    const gap = feedback[i].atMs - feedback[i - 1].atMs;
    expect(gap).toBeGreaterThanOrEqual(15_000);
    expect(gap).toBeLessThan(45_000);
  }
  expect((await read(rows)).feedback).toEqual(feedback);
});

test('it reads the same plain or packed, with either line end, and without the last one', async () => {
  const lines = [eshopHeader, good, good.replace(';1;29', ';2;29')];
  const { feedback } = await read(lines);
  expect(feedback.length).toBe(2);
  expect((await read(lines, { file: 'e.csv.gz' })).feedback).toEqual(feedback);
  expect((await read(lines, { end: '\n' })).feedback).toEqual(feedback);
  const folder = folderOf({ 'e.csv': lines.join('\n') });
  const last = await collectDataset({ format: 'eshop', path: join(folder, 'e.csv') });
  expect(last.feedback).toEqual(feedback);
});

test('bad rows are passed over, with their line and reason, and the others kept', async () => {
  const { feedback, report } = await read([
    eshopHeader,
    good,
    'nonsense',
    good.replace('2008;4;1', '2008;2;30'),
    good.replace(';28;', ';cheap;'),
    good.replace(';A13;', ';;'),
    good,
    '',
    good.replace(';1;29', ';3;29'),
  ]);
  expect(feedback.map(({ key }) => key)).toEqual(['s1-1', 's1-3']);
  expect(report.skipped).toBe(5);
  expect(report.examples.map(({ line }) => line)).toEqual([3, 4, 5, 6, 7]);
  expect(report.examples.map(({ reason }) => reason)).toEqual([
    'row has 1 columns, expected 14',
    'day is 2008-2-30, which does not exist',
    'price is cheap, expected a whole number from 0 to 1000000',
    'page 2 (clothing model) is , expected 1 to 20 letters and digits',
    'order is 1 in session 1, expected more than 1',
  ]);
});

test('many bad rows are counted by reason, and twenty are shown', async () => {
  const { report } = await read([eshopHeader, ...Array(500).fill('a;b')]);
  expect(report.reasons).toEqual({ 'wrong number of columns': 500 });
  expect(report.examples.length).toBe(20);
});

test('a file that is not there, not packed, cut off or of another form is refused', async () => {
  const refused = expect.objectContaining({ code: 'SL_DATA_INVALID' });
  await expect(collectDataset({ format: 'eshop', path: '/nowhere.csv' })).rejects.toEqual(refused);
  await expect(read(['id,name', '1,2'])).rejects.toThrow('begins with "id,name", expected');
  await expect(read([])).rejects.toEqual(refused);
  const folder = folderOf({ 'no.csv': 'plain' });
  copyFileSync(join(folder, 'no.csv'), join(folder, 'no.csv.gz'));
  writeFileSync(join(folder, 'cut.csv.gz'), readFileSync(demo).subarray(0, 10_000));
  for (const name of ['no.csv.gz', 'cut.csv.gz'])
    await expect(collectDataset({ format: 'eshop', path: join(folder, name) })).rejects.toEqual(
      refused,
    );
});

test('a reader waits until what it read is taken, and passes its error on', async () => {
  const broken = new Error('store is full');
  const reading = readDataset(
    { format: 'eshop', path: demo },
    { feedback: () => Promise.reject(broken) },
  );
  await expect(reading).rejects.toBe(broken);
});

test('country codes fall into five groups', () => {
  expect([29, 9, 16, 24, 41, 42, 32, 12, 44].map(eshopSegment)).toEqual([
    'poland',
    'czech-republic',
    'other-eu',
    'other-eu',
    'other-eu',
    'outside-eu',
    'outside-eu',
    'unknown',
    'unknown',
  ]);
});

test('a row of numbers that are none is refused column by column', () => {
  const columns = good.split(';');
  for (let c = 0; c < columns.length; c++) {
    for (const bad of ['', '-1', '1.5', 'x', '1e99']) {
      if (c === 7 && /^\w+$/.test(bad)) continue;
      const row = parseEshopRow(columns.with(c, bad).join(';'));
      expect('kind' in row).toBe(true);
    }
  }
});
