import type { ModelKind } from '../model.ts';
import { ease } from './ease.ts';
import { graphFilter } from './graph-filter.ts';
import { itemGraph } from './item-graph.ts';
import { itemKnn } from './item-knn.ts';
import { userKnn } from './user-knn.ts';

/** The kinds of models that score by sums of links. */
export const linearKinds = [itemGraph, ease, graphFilter, itemKnn, userKnn] as readonly ModelKind[];
