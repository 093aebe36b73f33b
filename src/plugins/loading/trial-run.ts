import { QueryIndex } from '../../pipeline/algorithms/query-index.ts';
import type { AlgorithmParts } from '../../pipeline/catalogue.ts';
import { neutralIntent, Run } from '../../pipeline/run.ts';
import { ItemTable } from '../../stores/item-table.ts';
import { RequestRecord } from '../../telemetry/request-record.ts';

const size = 12;
const nowMs = 1_750_000_000_000;

/** Twelve made-up items in two catalogues. */
function trialTable(): ItemTable {
  const table = new ItemTable();
  for (let i = 0; i < size; i++) {
    table.upsert({
      id: `trial-${i}`,
      catalog: i % 2 === 0 ? 'trial-even' : 'trial-odd',
      categories: [`trial-${i % 3}`],
      attributes: { price: i, colour: i % 2 === 0 ? 'black' : 'white' },
      hidden: false,
      publishedAtMs: nowMs - i * 60_000,
    });
  }
  return table;
}

/** A run over made-up items that has come as far as the reranker: candidates, scores and an order are there. */
export function startTrialRun(limitMs: number): Run {
  const run = new Run(trialTable(), () => performance.now());
  const until = performance.now() + limitMs;
  run.start({ n: 3, explain: false, session: 'trial' }, new RequestRecord(), {
    dueAt: until,
    workUntil: until,
  });
  run.nowMs = nowMs;
  const recent = Int32Array.of(1, 2);
  run.intent = { ...neutralIntent, surface: 'session', sessionState: 'mid', anchor: 2, recent };
  run.session = { items: recent, atMs: Float64Array.of(nowMs - 2000, nowMs - 1000), count: 2 };
  Object.assign(run.query, { anchor: 2, recent, nowMs });
  run.clearRows();
  const hits = run.hitsOf(0, size);
  for (let i = 0; i < size; i++) hits.items[hits.count++] = i;
  run.addHits(0, hits);
  const { candidates } = run;
  for (let row = 0; row < size; row++) {
    candidates.scores[row] = size - row;
    candidates.order[row] = row;
  }
  candidates.ordered = size;
  return run;
}

/** What algorithms are made of for a trial: no models and no tables. `lacked` says whether one asked for them. */
export function trialParts(run: Run): { readonly parts: AlgorithmParts; lacked(): boolean } {
  let asked = false;
  class Nothing extends Map<string, never> {
    override get(): undefined {
      asked = true;
      return undefined;
    }
    override has(): boolean {
      asked = true;
      return false;
    }
  }
  const parts: AlgorithmParts = {
    surface: 'session',
    models: new Nothing(),
    tables: new Nothing(),
    segments: new Set(),
    index: new QueryIndex(run.table),
  };
  return { parts, lacked: () => asked };
}
