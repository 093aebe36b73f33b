import { expect, test } from 'vitest';
import { openStore } from '../../src/stores/open-store.ts';
import { get } from '../../src/stores/store.ts';
import { useDataFolders } from './data-folder.ts';

const newFolder = useDataFolders();
const clock = { now: () => 77, monotonic: () => 0 };

test('opens the store that the configuration names, with the clock it is given', async () => {
  for (const choice of [{ kind: 'memory' }, { kind: 'sqlite', folder: newFolder() }] as const) {
    const store = await openStore(choice, { clock });
    expect(store.name).toBe(choice.kind);
    await store.mset('users', [{ id: 'u', attributes: {} }]);
    expect(await get(store, 'users', 'u')).toMatchObject({ writtenAtMs: 77 });
    await store.close();
  }
});

test('takes the clock of the machine when none is given', async () => {
  const store = await openStore({ kind: 'memory' });
  const before = Date.now();
  await store.mset('users', [{ id: 'u', attributes: {} }]);
  const found = await get(store, 'users', 'u');
  expect(found.state === 'present' && found.writtenAtMs >= before).toBe(true);
});
