import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type GorseShop, openGorseGateway } from './open-gorse-gateway.ts';

/** Walks all pages of a list, with a change between two of them; answers what was seen. */
async function walk(
  shop: GorseShop,
  { path, field, n }: { path: string; field: string; n: number },
  change: () => Promise<unknown>,
): Promise<object[]> {
  const seen: object[] = [];
  let cursor = '';
  do {
    const query = `n=${n}&cursor=${encodeURIComponent(cursor)}`;
    const { json } = await shop.call('GET', `${path}?${query}`);
    seen.push(...json[field]);
    if (cursor !== '' && json.Cursor === cursor)
      throw new Error(`the page of ${cursor} leads to itself`);
    cursor = json.Cursor;
    await change();
  } while (cursor !== '');
  return seen;
}

const names = fc.uniqueArray(fc.stringMatching(/^[a-z/:~é]{1,3}$/), {
  minLength: 1,
  maxLength: 12,
});

test('a walk through all pages sees every row that stays once, whatever comes and goes', async () => {
  await using shop = await openGorseGateway();
  const changes = fc.array(fc.tuple(fc.boolean(), fc.stringMatching(/^[a-z]{1,3}$/)), {
    maxLength: 8,
  });
  await fc.assert(
    fc.asyncProperty(names, changes, fc.integer({ min: 1, max: 4 }), async (ids, coming, n) => {
      const click = (UserId: string) => ({ FeedbackType: 'click', UserId, ItemId: 'A1' });
      await shop.call('POST', '/api/feedback', { body: ids.map(click) });
      const others = coming.filter(([, id]) => !ids.includes(id));
      for (const [path, field] of [
        ['/api/users', 'Users'],
        ['/api/feedback', 'Feedback'],
      ]) {
        let at = 0;
        const seen = await walk(shop, { path, field, n }, async () => {
          const [isNew, id] = others[at++] ?? [true, ''];
          if (id === '') return;
          if (isNew) await shop.call('POST', '/api/feedback', { body: [click(id)] });
          else await shop.call('DELETE', `/api/user/${id}`);
        });
        const users = seen.map((row) => (row as { UserId: string }).UserId);
        expect(new Set(users).size).toBe(users.length);
        expect(users).toEqual(expect.arrayContaining(ids));
      }
      const all = await shop.call('GET', '/api/users?n=1000');
      for (const { UserId } of all.json.Users)
        await shop.call('DELETE', `/api/user/${encodeURIComponent(UserId)}`);
    }),
    { numRuns: 25 },
  );
});
