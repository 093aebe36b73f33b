import { expect, test } from 'vitest';
import { embedding } from '../../src/models/content/embedding.ts';
import { tags } from '../../src/models/content/tags.ts';
import { itemRank } from '../../src/models/item-rank.ts';
import { latest } from '../../src/models/latest.ts';
import { linearKinds } from '../../src/models/linear/index.ts';
import type { ModelKind } from '../../src/models/model.ts';
import { popular } from '../../src/models/popular.ts';
import { sessionKnn } from '../../src/models/session-knn.ts';
import { unknownCode } from '../../src/stores/item-scope.ts';
import { learn, queryAfter, retrieved } from './ask.ts';
import { describe, describedTable } from './content/described-items.ts';
import { sessionsOf } from './tiny-sessions.ts';

const kinds = [popular, latest, tags, embedding, itemRank, sessionKnn, ...linearKinds];

test.each((kinds as readonly ModelKind[]).map((kind) => ({ kind })))(
  '$kind.kind retrieves the best of a scope, as many as are wanted, and nothing else',
  ({ kind }) => {
    const table = describedTable('abcdefgh');
    for (const id of 'eg') {
      const labels = { genre: ['g0', 'g1'], embedding: [9, 9, 9] };
      describe(table, id, { catalog: 'rare', labels });
    }
    const sessions = sessionsOf('abcdefgh', 'abce', 'abcg', 'abd', 'abcd', 'bac');
    const model = learn(kind, sessions, table);
    const catalog = table.catalogs.find('rare');
    const found = (scope: { catalog: number }, limit: number) => {
      const query = queryAfter(table, 'abc', {
        scope: { ...scope, categories: Uint16Array.of(), every: false },
      });
      return retrieved(model, query, { table, limit }).map(([id]) => id);
    };
    expect(found({ catalog }, 5).sort()).toEqual(['e', 'g']);
    expect(found({ catalog }, 1)).toHaveLength(1);
    expect(found({ catalog: unknownCode }, 5)).toEqual([]);
    expect(found({ catalog: -1 }, 8).length).toBeGreaterThan(2);
  },
);
