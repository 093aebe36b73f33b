import { board } from './boards/board.ts';
import { cbow } from './cbow.ts';
import { deepfm } from './clicks/deepfm.ts';
import { fm } from './clicks/fm.ts';
import { embedding } from './content/embedding.ts';
import { tags } from './content/tags.ts';
import { bpr } from './factors/bpr.ts';
import { ials } from './factors/ials.ts';
import { gnn } from './graph/gnn.ts';
import { itemRank } from './item-rank.ts';
import { item2vec } from './item2vec.ts';
import { latest } from './latest.ts';
import { linearKinds } from './linear/index.ts';
import { markov1 } from './markov-1.ts';
import type { ModelKind } from './model.ts';
import { popular } from './popular.ts';
import { sessionKnn } from './session-knn.ts';

const kinds = [
  ...[item2vec, cbow, sessionKnn, markov1, itemRank, popular, latest, board],
  ...linearKinds,
  ...[ials, bpr],
  ...[fm, deepfm],
  ...[tags, embedding],
  gnn,
] as readonly ModelKind[];

/** The built-in kinds of models, by the name that stands in the configuration. */
export const modelKinds: Readonly<Record<string, ModelKind>> = Object.fromEntries(
  kinds.map((kind) => [kind.kind, kind]),
);

/** Whether any of these models needs the ledger of the interactions. */
export const needLedger = (models: Readonly<Record<string, { readonly kind: string }>>): boolean =>
  Object.values(models).some(({ kind }) => modelKinds[kind]?.readsLedger === true);
