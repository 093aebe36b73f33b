import { expect, test } from 'vitest';
import { banner } from '../../src/cli/banner.ts';
import { openGorseGateway } from '../http/gorse/open-gorse-gateway.ts';

const addresses = { query: 'http://query.test', control: 'http://control.test' };

test('the API of Gorse is told with its admin part, and a call of it that shows a key', async () => {
  await using shop = await openGorseGateway({ gorse: { admin: true } });
  await shop.call('POST', '/api/user', { body: { UserId: 'a b' } });
  const text = await banner(shop.gateway, addresses);
  expect(text).toContain('gorse    the API of Gorse under /api, with its admin part');
  expect(text).toMatch(/curl -s -H "x-api-key: \$OPS_KEY" 'http:\/\/query\.test\/api\/recommend\//);
  expect(text).not.toContain('nothing to serve yet');
});
