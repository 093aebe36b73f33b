import { expect, onTestFinished, test, vi } from 'vitest';
import { createDrifting } from '../src/drifting.ts';
import { createVectorTable } from '../src/math/kernels/vector-table.ts';
import type { Model, ModelSlot } from '../src/models/model.ts';
import type { FactName, Facts } from '../src/telemetry/facts.ts';

/** A model of this version with these vectors, or with none. */
function slotOf(version: string, ...rows: readonly (readonly number[])[]): ModelSlot {
  const vectors = rows.length === 0 ? undefined : createVectorTable(rows.length, rows[0].length);
  for (const [row, values] of rows.entries()) vectors?.setRow(row, values);
  const model: Model = {
    ...{ kind: 'test', version, trainedAtMs: 0, vectors },
    retrieve: (_, __, hits) => {
      hits.count = 0;
    },
    score: (_, __, count, scores) => void scores.fill(0, 0, count),
  };
  return { model };
}

const missing: ModelSlot = { unavailable: new Error('not trained') };

function watch(serving: Readonly<Record<string, ModelSlot>>) {
  const compared: Facts['vectors.compared'][] = [];
  const others: FactName[] = [];
  const drifting = createDrifting(new Map(Object.entries(serving)), (name, fact) => {
    if (name === 'vectors.compared') compared.push(fact as Facts['vectors.compared']);
    else others.push(name);
  });
  onTestFinished(() => drifting.close());
  const follow = (models: Readonly<Record<string, ModelSlot>>) =>
    drifting.follow(new Map(Object.entries(models)));
  return { drifting, follow, compared, others };
}

test('a version is compared with the one whose place it takes, on the items that both know', async () => {
  const { follow, compared, others } = watch({
    near: slotOf('v1', [1, 0], [1, 0], [1, 0], [0, 0]),
  });
  follow({ near: slotOf('v2', [1, 0], [1, 0], [-1, 0], [0, 1]) });
  follow({ near: slotOf('v3', [0, 1], [0, 1], [0, -1], [1, 0]) });
  await vi.waitFor(() => expect(compared).toHaveLength(2), 5000);
  expect(compared).toEqual([
    {
      ...{ model: 'near', version: 'v2', replaced: 'v1', items: 3 },
      drift: expect.closeTo(2 / 3, 5),
    },
    { ...{ model: 'near', version: 'v3', replaced: 'v2', items: 4 }, drift: expect.closeTo(0, 5) },
  ]);
  expect(others).toEqual([]);
});

test('what is the same, new, away, without vectors or about other items is not compared', async () => {
  const { follow, compared, others } = watch({
    same: slotOf('v1', [1, 0]),
    away: slotOf('v1', [1, 0]),
    plain: slotOf('v1'),
    strange: slotOf('v1', [1, 0], [0, 0]),
    last: slotOf('v1', [1, 0]),
  });
  follow({
    same: slotOf('v1', [1, 0]),
    away: missing,
    plain: slotOf('v2'),
    strange: slotOf('v2', [0, 0], [1, 0]),
    young: slotOf('v1', [1, 0]),
    last: slotOf('v2', [1, 0]),
  });
  await vi.waitFor(() => expect(compared).not.toEqual([]), 5000);
  expect(compared.map(({ model }) => model)).toEqual(['last']);
  expect(others).toEqual([]);
});

test('closing breaks off what runs and what waits, and nothing is told', async () => {
  const { drifting, follow, compared, others } = watch({ near: slotOf('v1', [1, 0]) });
  follow({ near: slotOf('v2', [0, 1]) });
  follow({ near: slotOf('v3', [1, 0]) });
  await drifting.close();
  expect([compared, others]).toEqual([[], []]);
});
