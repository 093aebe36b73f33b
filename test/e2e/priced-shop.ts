import { onTestFinished } from 'vitest';
import { createControlApp } from '../../src/http/control/app.ts';
import { createQueryApp } from '../../src/http/query/app.ts';
import { call } from '../http/call.ts';
import { openTestGateway } from '../http/open-test-gateway.ts';
import { until } from '../stores/features/redis-server.ts';

/** The rows that the work of a priced shop looks up: a profile, and a price for each item; the last item is dearest. */
export const shelfRows: ReadonlyMap<string, string | number> = new Map<string, string | number>([
  ['user:u', 'adult'],
  ...Array.from({ length: 40 }, (_, i) => [`item:A${i}`, i + 1] as const),
]);

const work = {
  surface: 'user',
  strategy: 'dearest',
  budgetMs: 10_000,
  maxBudgetMs: 10_000,
  slo: { latencyP95Ms: 50 },
  stages: [
    { stage: 'intent' },
    { stage: 'retrieve', use: [{ algorithm: 'latest' }] },
    {
      stage: 'features',
      budgetMs: 8000,
      use: [
        { feature: 'profile', store: 'shelf', key: 'user:{user}', of: 'user' },
        { feature: 'price', store: 'shelf', key: 'item:{item}' },
      ],
    },
    {
      stage: 'score',
      use: [
        { algorithm: 'feature', weight: 1, options: { feature: 'price' } },
        { algorithm: 'latest', weight: 0.001 },
      ],
    },
    { stage: 'rerank', use: 'score' },
    {
      stage: 'filter',
      use: [
        'hidden',
        { algorithm: 'feature', options: { feature: 'profile', is: ['adult'], onFailed: 'keep' } },
        { algorithm: 'feature', options: { feature: 'price', atLeast: 2, onFailed: 'keep' } },
      ],
    },
  ],
};

/** What an answer says that a store may change. */
interface Served {
  readonly items: readonly { readonly id: string }[];
  readonly fallback_reason: string | null;
  readonly degradations: readonly {
    readonly stage: string;
    readonly component: string;
    readonly reason: string;
    readonly coverage?: number;
  }[];
}

/**
 * Opens a gateway, for one test, whose work scores and filters by what the store `shelf` says of the user and of the
 * forty candidates: with the store the dearest item is first, without it the newest.
 */
export async function openPricedShop(shelf: object) {
  const house = await openTestGateway({ works: { home: work }, features: { stores: { shelf } } });
  onTestFinished(() => house.close());
  const queries = createQueryApp(house.gateway);
  const control = createControlApp(house.gateway, { token: undefined });
  const recommend = async () => {
    const asked = { body: { user: 'u', n: 5 } };
    const { status, body } = await call<Served>(queries, 'POST /v1/recommend/home', asked);
    return { status, items: body.items.map(({ id }) => id), ...told(body) };
  };
  return {
    ...house,
    recommend,
    /** Asks until the store has its say, or no more; the first answer of that kind. */
    async askUntil({ whole }: { readonly whole: boolean }) {
      let answer = await recommend();
      await until(async () => {
        if ((answer.reason === null) === whole) return true;
        answer = await recommend();
        return false;
      });
      return answer;
    },
    /** The value of a series, 0 where nothing has fed it yet. */
    async series(name: string): Promise<number> {
      const { body } = await call<string>(control, 'GET /metrics');
      const line = body.split('\n').find((one) => one.startsWith(`sightline_${name} `));
      return line === undefined ? 0 : Number(line.slice(line.lastIndexOf(' ')).split('#')[0]);
    },
    breaker: async () =>
      (await call<{ breakers: readonly object[] }>(control, 'GET /control/breakers')).body
        .breakers[0],
  };
}

function told({ fallback_reason: reason, degradations }: Served) {
  return { reason, degradations };
}
