import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { userItems } from '../../../src/models/user-items.ts';
import { interactionsOfLists, readUserLists } from '../../../src/training/dataset/user-lists.ts';
import { folderOf } from './folder-of.ts';

test('a line is a user and the items of the user', async () => {
  const folder = folderOf({});
  writeFileSync(join(folder, 'train.txt'), '0 5 7\n1\n\n2 7 \r\n');
  expect(await readUserLists(join(folder, 'train.txt'))).toEqual([
    { user: '0', items: ['5', '7'] },
    { user: '2', items: ['7'] },
  ]);
});

test('lists become a row a user', () => {
  const rows = userItems(
    interactionsOfLists([
      { user: 'u', items: ['b', 'a'] },
      { user: 'v', items: ['b'] },
    ]),
  );
  expect(rows).toMatchObject({ rows: 2, columns: 2, users: ['u', 'v'] });
  expect([...rows.offsets]).toEqual([0, 2, 3]);
  expect([...rows.codes]).toEqual([0, 1, 1]);
});
