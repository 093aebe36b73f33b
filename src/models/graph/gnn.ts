import { type Crew, createCrew } from '../../math/kernels/crew/crew.ts';
import { gemmScratchBytes } from '../../math/kernels/crew/kernel-calls.ts';
import { createRng } from '../../math/rng.ts';
import type { SparseMatrix } from '../../math/sparse.ts';
import type { Interactions, ModelKind, Progress } from '../model.ts';
import { optionsParser } from '../parse-options.ts';
import { userItems } from '../user-items.ts';
import { alikeItems, withShares } from './alike-items.ts';
import { type GnnOptions, gnnSchema } from './gnn-options.ts';
import { createGraphModel } from './graph-model.ts';
import { type GraphPayload, readGraphPayload, writeGraphPayload } from './graph-payload.ts';
import { createImportanceWalks, type ImportanceWalks } from './importance-walks.ts';
import { type ItemFeatures, itemFeatures, supportedFeatures } from './item-features.ts';
import { itemTies } from './item-ties.ts';
import { createItemTower, itemTowerBytes } from './item-tower.ts';
import { lightGcn, lightGcnBytes } from './lightgcn.ts';
import { copyUnits, createSoftmaxLoss, softmaxBytes } from './losses.ts';
import { labelMatrix, someUsers } from './path-tables.ts';
import { spectralTeacher, spectralTeacherBytes } from './teacher.ts';
import { trainTower } from './train-tower.ts';

/**
 * A graph neural network over users, items and attributes. Items listen to neighbours that random walks choose (PinSage:
 * Ying et al. 2018) in layers of messages (GraphSAGE: Hamilton et al. 2017), and learn the vectors of a teacher and to be told
 * from other items; as ids are left out at random (DropoutNet: Volkovs et al. 2017), it makes vectors of attributes alone,
 * for items that nobody had yet. A user is the mean of the items that the user had; to this comes interest that spreads over
 * the graph to items alike. O(epochs · steps · (items · dimensions · (neighbours + hidden) + batch²)).
 */
export const gnn: ModelKind<GnnOptions> = {
  kind: 'gnn',
  learns: true,
  defaults: gnnSchema.parse({}),
  parseOptions: optionsParser('gnn', gnnSchema),
  searchSpace: {
    learningRate: { scale: 'log', min: 0.001, max: 0.02 },
    l2: { scale: 'log', min: 0.0001, max: 0.05 },
    idDropout: { scale: 'linear', min: 0.2, max: 0.9 },
    softmaxWeight: { scale: 'log', min: 0.01, max: 10 },
    sharpness: { scale: 'linear', min: 1, max: 16 },
    interestWeight: { scale: 'linear', min: 0, max: 5 },
    depth: { scale: 'linear', min: 1, max: 3, int: true },
    attention: { scale: 'linear', min: 0, max: 10 },
  },
  fit(interactions, options, progress, { threads } = { threads: 1 }) {
    const graph = readGraph(interactions, options);
    if (graph.userItems.codes.length === 0) {
      progress(1, 'no events');
      return writeGraphPayload(emptyPayload(options));
    }
    const payload = learn(graph, { options, progress, threads });
    progress(1, `${graph.ids.length} items`);
    return writeGraphPayload(payload);
  },
  memoryBytes(interactions, options) {
    const graph = readGraph(interactions, options);
    return crewBytes(graph, options) + 24 * options.alike * graph.ids.length;
  },
  load: (payload, stamp, table) => createGraphModel(readGraphPayload(payload), stamp, table),
};

/** What a fit learns from. */
interface Graph {
  readonly interactions: Interactions;
  /** Items with interactions, then those of which there are only attributes. */
  readonly ids: readonly string[];
  readonly userItems: SparseMatrix;
  /** User ids of the first rows. */
  readonly users: readonly (string | undefined)[];
  readonly features: ItemFeatures;
}

/** Least weight of an edge: what is older counts as this. */
const leastWeight = 1e-6;

function readGraph(interactions: Interactions, options: GnnOptions): Graph {
  const { items, itemAttributes } = interactions;
  const halfLifeDays = options.tauDays * Math.LN2;
  const rows = userItems(interactions, { halfLifeDays });
  const ids = [...new Set([...items, ...(itemAttributes?.ids ?? [])])];
  return {
    interactions,
    ids,
    users: rows.users,
    userItems: { ...rows, values: rows.values.map((value) => Math.max(value, leastWeight)) },
    features: itemFeatures(ids, itemAttributes, options.attributes),
  };
}

function learn(
  graph: Graph,
  { options, progress, threads }: { options: GnnOptions; progress: Progress; threads: number },
): GraphPayload {
  const { ids, features } = graph;
  const warm = graph.userItems.columns;
  const walks = createImportanceWalks(ids.length, itemTies(graph.userItems, features), {
    ...options,
    length: options.walkLength,
    keep: options.neighbours,
    rule: options.sampling,
  });
  const crew = createCrew({
    bytes: crewBytes(graph, options),
    threads,
    scratchBytes: gemmScratchBytes,
  });
  try {
    const { vectors, bias } = learnVectors(graph, { options, progress, walks, crew });
    return {
      ids,
      options,
      vectors,
      bias,
      company: walks.sample(createRng(options.seed)),
      numbers: {
        sampledEdgesRatio: walks.sampledEdgesRatio(),
        coverageRatio: walks.coverageRatio(),
      },
      alike: alikeItems(features.matrix, { ...options, warm, keep: options.alike }),
      ...labelMatrix(features),
      ...someUsers(graph.userItems, graph.users, ids.length),
    };
  } finally {
    crew.close();
  }
}

/** Unit vectors and biases of all items. */
function learnVectors(
  { ids, userItems, features }: Graph,
  {
    options,
    progress,
    walks,
    crew,
  }: {
    options: GnnOptions;
    progress: Progress;
    walks: ImportanceWalks;
    crew: Crew;
  },
): { vectors: Float32Array; bias: Float32Array } {
  const { dimensions, hidden } = options;
  const warm = userItems.columns;
  const vectors = new Float32Array(ids.length * dimensions);
  const bias = new Float32Array(ids.length);
  const taught = spectralTeacher(userItems, dimensions, { crew, seed: options.seed });
  toUnits(taught, dimensions);
  if (options.propagation === 'lightgcn') {
    vectors.set(lightGcn(crew, userItems, { vectors: taught, layers: hidden.length + 1 }));
    toUnits(vectors, dimensions);
    return { vectors, bias };
  }
  const shape = { ...options, items: ids.length };
  const tower = createItemTower(crew, supportedFeatures(features, warm), shape);
  const softmax = createSoftmaxLoss(crew, tower.outputs, options.batch);
  const alike = withShares(
    alikeItems(features.matrix, { ...options, warm, keep: options.neighbours }),
  );
  trainTower(
    tower,
    { userItems, taught, walks, alike, softmax },
    {
      ...options,
      rng: createRng(options.seed),
      progress: (done, note) => progress(0.95 * done, note),
    },
  );
  copyUnits(tower.outputs, ids.keys(), vectors);
  const { values, columns } = tower.outputs.value;
  for (let item = 0; item < ids.length; item++)
    bias[item] = Math.max(-1000, Math.min(1000, values[item * columns + dimensions]));
  return { vectors, bias };
}

function crewBytes(graph: Graph, options: GnnOptions): number {
  const { dimensions, hidden } = options;
  return (
    spectralTeacherBytes(graph.userItems, dimensions) +
    (options.propagation === 'lightgcn'
      ? lightGcnBytes(graph.userItems, { dimensions, layers: hidden.length + 1 })
      : itemTowerBytes(graph.features.matrix, { ...options, items: graph.ids.length }) +
        softmaxBytes(options.batch, dimensions))
  );
}

/** Makes each row a unit vector; rows of zeros stay. */
function toUnits(vectors: Float32Array, dimensions: number): void {
  for (let at = 0; at < vectors.length; at += dimensions) {
    const row = vectors.subarray(at, at + dimensions);
    const length = Math.hypot(...row);
    for (let d = 0; d < dimensions; d++) row[d] = length > 1e-12 ? row[d] / length : 0;
  }
}

function emptyPayload(options: GnnOptions): GraphPayload {
  const none = {
    rows: 0,
    columns: 0,
    offsets: new Uint32Array(1),
    codes: new Uint32Array(0),
    values: new Float32Array(0),
  };
  return {
    ids: [],
    options,
    numbers: { sampledEdgesRatio: 0, coverageRatio: 0 },
    vectors: new Float32Array(0),
    bias: new Float32Array(0),
    company: none,
    alike: none,
    labels: none,
    labelNames: [],
    users: none,
    userNames: [],
  };
}
