import { expect, test } from 'vitest';
import { ItemTable } from '../../src/stores/item-table.ts';
import { createMemoryStore } from '../../src/stores/memory.ts';
import { rebuildSessions } from '../../src/stores/rebuild.ts';
import { SessionTable, sessionOfUser } from '../../src/stores/session-table.ts';
import { click, item } from '../contracts/rows.ts';

async function rebuilt(options: { capacity?: number } = {}) {
  const store = createMemoryStore();
  await store.mset('items', [item('B2'), item('A1')]);
  await store.appendFeedback([
    click('1', { item: 'B2', session: 's', atMs: 2 }),
    click('2', { item: 'A1', session: 's', user: 'u', atMs: 1 }),
    click('3', { item: 'gone', session: 's' }),
    click('4', { item: 'A1' }),
    click('5', { item: 'A1', session: 't', atMs: 3 }),
  ]);
  const table = new ItemTable();
  const sessions = new SessionTable(options);
  return { table, sessions, figures: await rebuildSessions(store, { table, sessions }) };
}

test('fills the catalogue and the sessions from the store', async () => {
  const { table, sessions, figures } = await rebuilt();
  expect(figures).toEqual({ items: 2, events: 5 });
  expect(table.live).toBe(2);
  const { items, count } = sessions.get('s')!;
  expect([...items.subarray(0, count)].map((index) => table.ids[index])).toEqual(['A1', 'B2']);
  expect(sessions.get(sessionOfUser('u'))?.count).toBe(1);
  expect(sessions.size).toBe(3);
});

test('a small table keeps the sessions that were active last', async () => {
  const { sessions } = await rebuilt({ capacity: 1 });
  expect(sessions.get('t')?.count).toBe(1);
  expect(sessions.size).toBe(1);
});

test('pages through more rows and events than one page holds', async () => {
  const store = createMemoryStore();
  const ids = Array.from({ length: 12_001 }, (_, n) => `item-${n}`);
  await store.mset(
    'items',
    ids.map((id) => item(id)),
  );
  await store.appendFeedback(ids.map((id, n) => click(id, { item: id, session: `s${n % 10}` })));
  const sessions = new SessionTable();
  expect(await rebuildSessions(store, { table: new ItemTable(), sessions })).toEqual({
    items: 12_001,
    events: 12_001,
  });
  expect(sessions.get('s9')?.count).toBe(50);
});

test('what is later than a time is told, and neither seen nor in a session', async () => {
  const store = createMemoryStore();
  await store.mset('items', [item('A1')]);
  await store.appendFeedback([
    click('1', { item: 'A1', session: 's', atMs: 1000 }),
    click('2', { item: 'A1', session: 's', atMs: 1001 }),
  ]);
  const sessions = new SessionTable();
  const [seen, later]: [number[], number[]] = [[], []];
  await rebuildSessions(store, {
    ...{ table: new ItemTable(), sessions, untilMs: 1000 },
    see: ({ atMs }) => void seen.push(atMs),
    later: ({ atMs }) => void later.push(atMs),
  });
  expect([seen, later]).toEqual([[1000], [1001]]);
  expect(sessions.get('s')?.count).toBe(1);
});
