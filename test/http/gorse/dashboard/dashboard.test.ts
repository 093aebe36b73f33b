import { describe, expect, test } from 'vitest';
import { testNowMs } from '../../open-test-gateway.ts';
import { openGorseGateway } from '../open-gorse-gateway.ts';

const open = () => openGorseGateway({ gorse: { admin: true } });

test('without `admin` no page of an administrator is there', async () => {
  await using shop = await openGorseGateway();
  for (const page of ['stats', 'tasks', 'config', 'timeseries/cf_ndcg'])
    expect((await shop.call('GET', `/api/dashboard/${page}`)).status).toBe(404);
});

describe('an administrator reads', () => {
  test('how much is kept, and when models were trained', async () => {
    await using shop = await open();
    const { status, json } = await shop.call('GET', '/api/dashboard/stats');
    expect(status).toBe(200);
    expect(json).toMatchObject({ NumUsers: 0, NumItems: 40, NumTotalPosFeedback: 40 });
    expect(Date.parse(json.PopularItemsUpdateTime)).toBeGreaterThan(0);
    expect(json.RankingModelFitTime).toBe('0001-01-01T00:00:00Z');
  });

  test('which instance answers', async () => {
    await using shop = await open();
    const { json } = await shop.call('GET', '/api/dashboard/cluster');
    expect(json).toEqual([expect.objectContaining({ Type: 'Server' })]);
    expect(Date.parse(json[0].UpdateTime)).toBe(testNowMs);
  });

  test('training runs as they go on and end', async () => {
    await using shop = await open();
    const { id } = shop.gateway.training.train({ trigger: 'manual', force: true });
    const running = (await shop.call('GET', '/api/dashboard/tasks')).json;
    expect(running[0]).toMatchObject({ Name: `train all models (${id})`, Total: 100, Error: '' });
    expect(['Pending', 'Running']).toContain(running[0].Status);
    await shop.settle();
    const [ended] = (await shop.call('GET', '/api/dashboard/tasks')).json;
    expect(ended).toMatchObject({ Status: 'Complete', Count: 100 });
    expect(Date.parse(ended.FinishTime)).toBe(testNowMs);
  });

  test('series of what trainings measured, in buckets, and nothing of unknown names', async () => {
    await using shop = await open();
    shop.gateway.training.train({ trigger: 'manual' });
    await shop.settle();
    const { json } = await shop.call('GET', '/api/dashboard/timeseries/cf_ndcg?duration=1h');
    for (const { Name, Value } of json) {
      expect(Name).toBe('cf_ndcg');
      expect(Value).toBeGreaterThanOrEqual(0);
    }
    expect((await shop.call('GET', '/api/dashboard/timeseries/nothing')).json).toEqual([]);
    expect((await shop.call('GET', '/api/dashboard/timeseries/__proto__')).json).toEqual([]);
  });

  test.each(['duration=1d', 'duration=0', 'begin=yesterday', 'end=x'])(
    'no series of a span like %s, and is told why',
    async (query) => {
      await using shop = await open();
      const answer = await shop.call('GET', `/api/dashboard/timeseries/cf_ndcg?${query}`);
      expect(answer).toMatchObject({ status: 400, type: 'text/plain; charset=utf-8' });
      expect(answer.text).toContain('is wrong, expected');
    },
  );

  test('categories of what may be served', async () => {
    await using shop = await open();
    const categories = async () => (await shop.call('GET', '/api/dashboard/categories')).json;
    expect(await categories()).toEqual(['boots', 'parkas', 'sandals']);
    for (let i = 1; i < 40; i += 3) await shop.gateway.deleteItem(`A${i}`);
    expect(await categories()).toEqual(['boots', 'parkas']);
  });

  test('no password that stands in a URL of the configuration', async () => {
    const http = { control: { publicUrl: 'https://ops:hunter2@example.org/control' } };
    await using shop = await openGorseGateway({ gorse: { admin: true }, http });
    const { text } = await shop.call('GET', '/api/dashboard/config');
    expect(text).toContain('https://ops:***@example.org/control');
    expect(text).not.toContain('hunter2');
  });

  test('the configuration and its schema', async () => {
    await using shop = await open();
    const { json } = await shop.call('GET', '/api/dashboard/config');
    expect(json.gorse.recommend).toBe('home');
    const schema = (await shop.call('GET', '/api/dashboard/config/schema')).json;
    expect(schema.properties.gorse.properties.recommend.type).toBe('string');
  });
});
