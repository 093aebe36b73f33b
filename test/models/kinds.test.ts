import { expect, test } from 'vitest';
import { cbow } from '../../src/models/cbow.ts';
import { deepfm } from '../../src/models/clicks/deepfm.ts';
import { fm } from '../../src/models/clicks/fm.ts';
import { embedding } from '../../src/models/content/embedding.ts';
import { tags } from '../../src/models/content/tags.ts';
import { bpr } from '../../src/models/factors/bpr.ts';
import { ials } from '../../src/models/factors/ials.ts';
import { gnn } from '../../src/models/graph/gnn.ts';
import { modelKinds } from '../../src/models/index.ts';
import { item2vec } from '../../src/models/item2vec.ts';
import { latest } from '../../src/models/latest.ts';
import { markov1 } from '../../src/models/markov-1.ts';
import { popular } from '../../src/models/popular.ts';
import { sessionKnn } from '../../src/models/session-knn.ts';
import { modelContract } from '../contracts/model.ts';
import { describedTable } from './content/described-items.ts';

modelContract(popular, {});
modelContract(latest, {});
modelContract(markov1, {});
modelContract(sessionKnn, { neighbours: 3 });
modelContract(item2vec, { dimensions: 6, epochs: 2, negatives: 3 });
modelContract(ials, { dimensions: 8 });
modelContract(bpr, { dimensions: 8, epochs: 3 });
modelContract(cbow, { dimensions: 5, epochs: 2, negatives: 3, members: 2 });
modelContract(fm, { dimensions: 4, epochs: 2 });
modelContract(deepfm, { dimensions: 4, epochs: 2, hidden: [16, 8] });
modelContract(tags, {}, { tableOf: describedTable });
modelContract(tags, { column: 'genre', recent: 2 }, { tableOf: describedTable });
modelContract(embedding, {}, { tableOf: describedTable });
modelContract(embedding, { column: 'text.vector', recent: 3 }, { tableOf: describedTable });

modelContract(gnn, {
  dimensions: 16,
  hidden: [16],
  epochs: 2,
  stepsPerEpoch: 2,
  batch: 8,
  walks: 10,
});
modelContract(gnn, { dimensions: 16, propagation: 'lightgcn', depth: 3, attention: 2, walks: 10 });

test('the catalogue holds every kind under its own name', () => {
  expect(Object.keys(modelKinds).sort()).toEqual(
    [
      ...['board', 'cbow', 'item-rank', 'item2vec', 'latest', 'markov-1', 'popular', 'session-knn'],
      ...['ease', 'graph-filter', 'item-graph', 'item-knn', 'user-knn'],
      ...['bpr', 'ials'],
      ...['deepfm', 'fm', 'gnn'],
      ...['embedding', 'tags'],
    ].sort(),
  );
  for (const [name, kind] of Object.entries(modelKinds)) expect(kind.kind).toBe(name);
});
