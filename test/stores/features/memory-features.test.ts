import { expect, test } from 'vitest';
import { get } from '../../../src/stores/features/feature-store.ts';
import { createMemoryFeatures } from '../../../src/stores/features/memory-features.ts';
import { protect } from '../../../src/stores/features/protect.ts';
import { openSnapshot } from '../../../src/stores/features/snapshot.ts';
import { featureStoreContract } from '../../contracts/feature-store.ts';

featureStoreContract('memory', async (rows, codec) => createMemoryFeatures(rows, { codec }));
featureStoreContract('memory behind a snapshot', async (rows, codec) =>
  openSnapshot(createMemoryFeatures(rows, { codec })),
);
featureStoreContract('memory behind a breaker', async (rows, codec) =>
  protect(createMemoryFeatures(rows, { codec }), { timeoutMs: 20 }),
);

test('a row can be set and removed, and does not follow the object it came from', async () => {
  const row = { sizes: [40, 41] };
  const store = createMemoryFeatures({ a: row });
  row.sizes.push(42);
  expect(await get(store, 'a', { timeoutMs: 5000 })).toMatchObject({ row: { sizes: [40, 41] } });
  store.set('a', 'new');
  expect(await get(store, 'a', { timeoutMs: 5000 })).toMatchObject({ row: 'new' });
  store.set('a', undefined);
  expect(await get(store, 'a', { timeoutMs: 5000 })).toEqual({ state: 'absent' });
});
