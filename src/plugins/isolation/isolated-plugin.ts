import type { OptionsSchema } from '../../domain/options-schema.ts';
import type { AlgorithmParts, Algorithms, Definition } from '../../pipeline/catalogue.ts';
import { contractError } from '../../pipeline/contract.ts';
import type { AlgorithmNotice } from '../loading/plugin-thread.ts';
import type { Plugin } from '../plugin.ts';
import type { IsolatedKind } from './call.ts';
import type { Answered, Isolate } from './open-isolate.ts';

/** A plugin whose algorithms run in their thread; `release` lets go of what was made of it. */
export interface IsolatedPlugin {
  readonly plugin: Plugin;
  release(): void;
}

/** What stands for the algorithms of a thread in this one. */
export function isolatedPlugin(
  name: string,
  algorithms: readonly AlgorithmNotice[],
  isolate: Isolate,
): IsolatedPlugin {
  const uses: number[] = [];
  const define = <Kind extends IsolatedKind>(kind: Kind, standIn: StandIn<Kind>) => {
    const notices = algorithms.filter((notice) => notice.kind === kind);
    const entries = notices.map((notice): [string, Definition<Algorithms[Kind]>] => [
      notice.name,
      {
        summary: notice.summary,
        options: optionsOf(isolate, kind, notice.name),
        create(options, parts) {
          const use = isolate.make({ kind, name: notice.name, options, ...sendable(parts) });
          uses.push(use);
          return standIn(isolate, use);
        },
      },
    ]);
    return Object.fromEntries(entries);
  };
  return {
    plugin: {
      name,
      retrievers: define('retrievers', retrieverOf),
      scorers: define('scorers', scorerOf),
    },
    release() {
      for (const use of uses.splice(0)) isolate.forget(use);
    },
  };
}

type StandIn<Kind extends IsolatedKind> = (isolate: Isolate, use: number) => Algorithms[Kind];

/** What of the parts of a generation another thread can have. */
function sendable({ surface, segments, tables }: AlgorithmParts) {
  const handles = [...tables].map(([table, held]) => [table, held.share()] as const);
  return { surface, segments: [...segments], tables: new Map(handles) };
}

/** The schema that is in the thread. */
function optionsOf(isolate: Isolate, kind: IsolatedKind, name: string): OptionsSchema<unknown> {
  const validate = (options: unknown) => {
    const mistakes = isolate.check({ kind, name, options });
    // The thread checks them again when it makes the algorithm: what it makes of them may not be sendable.
    if (mistakes.length === 0) return { value: options };
    const issues = mistakes.map(({ path, message }) => ({
      message,
      path: path.split('.').filter((part) => part !== ''),
    }));
    return { issues };
  };
  return { '~standard': { version: 1, validate } };
}

function retrieverOf(isolate: Isolate, use: number): Algorithms['retrievers'] {
  return {
    async retrieve(context, hits, limit) {
      const { answer, items } = await isolate.call(use, { context, limit });
      if (!('items' in answer)) throw contractError('answered no items');
      const room = Math.min(answer.items.length, limit);
      for (let rank = 0; rank < room; rank++) {
        const item = denseOf(context.table, answer, items, rank);
        // What the catalogue does not know is left out.
        if (item < 0) continue;
        hits.scores[hits.count] = answer.scores[rank];
        hits.items[hits.count++] = item;
      }
    },
  };
}

function denseOf(
  table: { indexOf(id: string): number },
  { items: places, fresh }: Extract<Answered['answer'], { items: Int32Array }>,
  items: Int32Array,
  rank: number,
): number {
  const place = places[rank];
  return place < items.length ? items[place] : table.indexOf(fresh[place - items.length]);
}

function scorerOf(isolate: Isolate, use: number): Algorithms['scorers'] {
  return {
    async score(context, candidates, scores) {
      const { count } = candidates;
      const { answer } = await isolate.call(use, { context, candidates });
      if (answer.scores.length !== count)
        throw contractError(`answered no score for each of ${count} rows`);
      scores.set(answer.scores);
    },
  };
}
