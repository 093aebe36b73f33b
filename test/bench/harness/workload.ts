import { createClickstream, writeClickstream } from './clickstream.ts';

/** Candidates that the union of the retrievers must hold in the score stage. */
export const candidatesWanted = 500;

const listLength = 20;
/** The newest sessions, of which those nearest above the wanted candidates are asked for. */
const sessionsTried = 1500;
/** Questions that a bench asks in turn. */
export const questionCount = 256;

/** The made-up shop and the questions that the gateway benches put to it. */
export interface Workload {
  /** Folder of the data set. */
  readonly dataset: string;
  /** Paths that may be asked. */
  readonly paths: readonly string[];
  /** Ids of all items. */
  readonly items: readonly string[];
}

/** Writes the data set of the gateway benches; its last clicks are as recent as the bench. */
export function writeWorkload(dataset: string): Workload {
  const clickstream = createClickstream({ endMs: Date.now() });
  writeClickstream(dataset, clickstream);
  return {
    dataset,
    items: clickstream.items.map(({ id }) => id),
    paths: clickstream.newest
      .slice(0, sessionsTried)
      .map((session) => `/v1/recommend/bench?session=${session}&n=${listLength}`),
  };
}

/** A GET over HTTP/1.1 as bytes. */
export function requestOf(path: string): string {
  return `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: application/json\r\n\r\n`;
}

export interface WorkloadConfigOptions {
  readonly dataset: string;
  readonly dataFolder: string;
  readonly modelFolder: string;
  /** Everything that watches on or off. */
  readonly telemetry: boolean;
}

/** The gateway's configuration: five retrievers and scorers, diversity and all filters. */
export function workloadConfig(options: WorkloadConfigOptions): Record<string, unknown> {
  const { dataset, dataFolder, modelFolder, telemetry } = options;
  return {
    http: { query: { port: 0 }, control: { port: 0 } },
    store: { kind: 'sqlite', folder: dataFolder },
    dataset: { format: 'jsonl', path: dataset },
    modelFolder,
    models: {
      item2vec: { kind: 'item2vec' },
      'session-knn': { kind: 'session-knn' },
      'markov-1': { kind: 'markov-1' },
      popular: { kind: 'popular' },
      latest: { kind: 'latest' },
    },
    works: {
      bench: {
        surface: 'session',
        strategy: 'session-blend',
        // Long enough that a preempted process is not measured on its fallback.
        budgetMs: 10_000,
        maxBudgetMs: 10_000,
        stages: [
          { stage: 'intent' },
          {
            stage: 'retrieve',
            use: [
              { algorithm: 'item2vec', limit: 100 },
              { algorithm: 'session-knn', limit: 100 },
              { algorithm: 'markov-1', limit: 50 },
              { algorithm: 'popular', limit: 300 },
              { algorithm: 'latest', limit: 300 },
            ],
          },
          { stage: 'features' },
          {
            stage: 'score',
            use: [
              { algorithm: 'item2vec', weight: 1 },
              { algorithm: 'session-knn', weight: 1 },
              { algorithm: 'markov-1', weight: 1 },
              { algorithm: 'popular', weight: 0.1 },
            ],
          },
          { stage: 'rerank', use: 'mmr', options: { diversity: 0.2 } },
          { stage: 'filter', use: ['hidden', 'expired', 'seen', 'excluded', 'category'] },
        ],
      },
    },
    telemetry: telemetry
      ? { metrics: true, traces: true, events: true, requestLog: 'all' }
      : { metrics: false, traces: false, events: false, requestLog: 'none' },
  };
}
