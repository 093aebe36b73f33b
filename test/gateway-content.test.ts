import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Labels } from '../src/domain/labels.ts';
import { createQueryApp } from '../src/http/query/app.ts';
import { call } from './http/call.ts';
import { openTestGateway, type TestGateway } from './http/open-test-gateway.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A work that answers with a model alone. */
const workOf = (model: string) => ({
  ...{ surface: 'item', strategy: 'alike', budgetMs: 1000, maxBudgetMs: 5000 },
  slo: { latencyP95Ms: 50 },
  stages: [
    { stage: 'intent' },
    { stage: 'retrieve', use: [{ algorithm: model }] },
    { stage: 'score', use: [{ algorithm: model, weight: 1 }] },
    { stage: 'rerank', use: 'score' },
    { stage: 'filter', use: ['hidden', 'seen', 'category'] },
  ],
});
const changes = {
  models: {
    popular: { kind: 'popular' },
    near: { kind: 'embedding', options: { column: 'text.vector' } },
    alike: { kind: 'tags', options: { column: 'genre' } },
  },
  works: { near: workOf('near'), alike: workOf('alike') },
};

async function open(folder: string): Promise<TestGateway> {
  return openTestGateway({ ...changes, store: { kind: 'sqlite', folder: join(folder, 'data') } });
}

async function served(house: TestGateway, question: string): Promise<string[]> {
  const app = createQueryApp(house.gateway);
  const { body } = await call<{ items: { id: string; source: string }[] }>(
    app,
    `GET /v1/recommend/${question}`,
  );
  return body.items.filter(({ source }) => source !== 'popularity').map(({ id }) => id);
}

const film = (id: string, labels: Labels, catalog = 'films') => ({
  ...{ id, catalog, categories: [], attributes: {}, hidden: false, publishedAtMs: 0, labels },
});
const films = [
  film('F1', { text: { vector: [0, 0] }, genre: ['war', 'drama'] }),
  film('F2', { text: { vector: [3, 0] }, genre: ['war'] }),
  film('F3', { text: { vector: [1, 0] }, genre: ['comedy'] }),
  film('F4', { text: { vector: [2, 0] }, genre: ['drama', 'war'] }, 'other'),
];

test('items are alike by vectors and labels at once, in the scope that is asked for, and after a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-content-'));
  closing.push(() => rmSync(folder, { recursive: true }));
  const first = await open(folder);
  await first.gateway.putItems(films);
  const answers = async (house: TestGateway) => ({
    near: await served(house, 'near?item=F1&n=3'),
    nearInFilms: await served(house, 'near?item=F1&n=3&catalog=films'),
    alike: await served(house, 'alike?item=F1&n=3'),
    alikeInFilms: await served(house, 'alike?item=F1&n=3&catalog=films'),
  });
  const expected = {
    ...{ near: ['F3', 'F4', 'F2'], nearInFilms: ['F3', 'F2'] },
    ...{ alike: ['F4', 'F2'], alikeInFilms: ['F2'] },
  };
  expect(await answers(first)).toEqual(expected);
  await first.close();
  const second = await open(folder);
  closing.push(() => second.close());
  expect(await answers(second)).toEqual(expected);
});
