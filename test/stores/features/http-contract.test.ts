import { afterAll, beforeAll } from 'vitest';
import type { FeatureCodec } from '../../../src/stores/features/feature-codec.ts';
import type { FeatureValue } from '../../../src/stores/features/feature-store.ts';
import { openHttpFeatures } from '../../../src/stores/features/http-features.ts';
import { featureStoreContract } from '../../contracts/feature-store.ts';
import { type HttpService, openHttpService, rowsOf, sendJson } from './http-service.ts';

let service: HttpService;
let held: ReadonlyMap<string, FeatureValue> = new Map();

beforeAll(async () => {
  service = await openHttpService((request, response, body) => {
    const [, query = ''] = request.url!.split('?ids=');
    const keys =
      request.method === 'GET' ? query.split(',').map(decodeURIComponent) : JSON.parse(body).ids;
    sendJson(response, { data: { rows: rowsOf(held, keys) } });
  });
});
afterAll(() => service.stop());

const opener =
  (request: { path: string; body?: unknown }) =>
  async (rows: Readonly<Record<string, FeatureValue>>, codec: FeatureCodec) => {
    held = new Map(Object.entries(rows));
    const { path, body } = request;
    return openHttpFeatures({ url: service.url + path, body, rows: '/data/rows', codec });
  };

featureStoreContract('HTTP POST', opener({ path: '/rows', body: { ids: '{keys}', v: [1] } }));
featureStoreContract('HTTP GET', opener({ path: '/rows?ids={keys}' }));
