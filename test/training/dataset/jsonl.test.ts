import { expect, test } from 'vitest';
import { collectDataset } from '../../../src/training/dataset/dataset-reader.ts';
import { folderOf } from './folder-of.ts';

const read = (files: Readonly<Record<string, string>>) =>
  collectDataset({ format: 'jsonl', path: folderOf(files) });

test('rows have the fields of the HTTP interface, and its defaults', async () => {
  const { items, users, feedback, report } = await read({
    'items.jsonl': [
      '{"id":"boot-7","catalog":"shoes","categories":["boots"],"attributes":{"price":89,"new":true},"published_at":"2026-09-01T00:00:00Z","expires_at":5}',
      '{"id":"bare"}',
    ].join('\n'),
    'users.jsonl':
      '{"id":"u-3","segment":"regulars","attributes":{"country":"CH"}}\n{"id":"u-4"}\n',
    'feedback.jsonl':
      '{"type":"click","session":"v","user":"u-3","item":"boot-7","timestamp":1000,"value":2,"request_id":"r","id":"k"}\n',
  });
  expect(items).toEqual([
    {
      id: 'boot-7',
      catalog: 'shoes',
      categories: ['boots'],
      attributes: { price: 89, new: true },
      hidden: false,
      publishedAtMs: Date.UTC(2026, 8, 1),
      expiresAtMs: 5,
    },
    {
      id: 'bare',
      catalog: 'default',
      categories: [],
      attributes: {},
      hidden: false,
      publishedAtMs: 0,
      expiresAtMs: undefined,
    },
  ]);
  expect(users.map(({ segment }) => segment)).toEqual(['regulars', undefined]);
  expect(feedback).toEqual([
    {
      type: 'click',
      session: 'v',
      user: 'u-3',
      item: 'boot-7',
      atMs: 1000,
      value: 2,
      requestId: 'r',
      key: 'k',
    },
  ]);
  expect(report).toMatchObject({ items: 2, users: 2, feedback: 1, skipped: 0 });
});

test('an event without an id gets the same key each time', async () => {
  const line = '{"type":"click","session":"v","item":"a","timestamp":"2026-09-01T02:00:00+02:00"}';
  const { feedback } = await read({ 'feedback.jsonl': `${line}\n${line}\n` });
  expect(feedback[0].key).toBe(feedback[1].key);
  expect(feedback[0].atMs).toBe(Date.UTC(2026, 8, 1));
});

test('packed files are read, and files may be missing', async () => {
  const { items, report } = await read({ 'items.jsonl.gz': '{"id":"a"}\n\n{"id":"b"}' });
  expect(items.map(({ id }) => id)).toEqual(['a', 'b']);
  expect(report).toMatchObject({ items: 2, users: 0, feedback: 0 });
});

test('bad rows are passed over with file, line and reason', async () => {
  const bad = [
    'not json',
    '[]',
    '{"type":"click","item":"a"}',
    '{"type":"click","item":"a","timestamp":"yesterday"}',
    '{"type":"click","item":"","timestamp":1}',
    '{"type":"click","item":"a\\u0000b","timestamp":1}',
    '{"type":"click","item":"a","timestamp":1,"colour":"red"}',
    '{"type":"click","item":"a","timestamp":-1}',
    '{"type":"click","item":"\\ud800","timestamp":1}',
  ];
  const good = '{"type":"click","item":"a","timestamp":1}';
  const { feedback, report } = await read({ 'feedback.jsonl': [...bad, good].join('\n') });
  expect(feedback.length).toBe(1);
  expect(report.skipped).toBe(bad.length);
  expect(report.examples.map(({ line }) => line)).toEqual(bad.map((_, i) => i + 1));
  expect(report.examples[0].file).toMatch(/feedback\.jsonl$/);
  expect(report.examples[2].reason).toMatch(/^timestamp: /);
  expect(report.reasons['not JSON']).toBe(1);
  expect(report.reasons['bad timestamp']).toBe(3);
  expect(report.reasons['bad item']).toBe(3);
});

test('a folder without any of the files is refused', async () => {
  await expect(read({ 'other.txt': '' })).rejects.toMatchObject({ code: 'SL_DATA_INVALID' });
});

test('a row of many megabytes is a bad row, and the next one is read', async () => {
  const { items, report } = await read({
    'items.jsonl': `{"id":"${'x'.repeat(3_000_000)}"}\n{"id":"b"}\n`,
  });
  expect(items.map(({ id }) => id)).toEqual(['b']);
  expect(report.skipped).toBe(1);
});
