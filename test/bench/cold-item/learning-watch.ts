import { setTimeout as sleep } from 'node:timers/promises';
import type { SentClick } from '../../../src/cli/replay/target.ts';

/** What became of a cold item. */
export interface Learning {
  readonly item: string;
  /** Clicks that were acknowledged when its vector was found served. */
  readonly events: number;
  /** Key of the click with which it had been clicked enough. */
  readonly dueBy: string;
  /** From the acknowledgement of that click until its vector was found served. */
  readonly seconds: number;
  /** The generation that served it first. */
  readonly generation: string;
}

/** Watches cold items from outside until they are learnt. */
export interface LearningWatch {
  /** Told of acknowledged clicks; resolves when no item that was clicked enough waits to be learnt. */
  saw(clicks: readonly SentClick[]): Promise<void>;
  /** The items that were learnt, in the order in which they were. */
  readonly learnt: readonly Learning[];
}

/** What is watched. */
export interface LearningWatchOptions {
  readonly items: readonly string[];
  /** Clicks of an item, and different sessions among them, after which it is to be learnt. */
  readonly coldEvents: number;
  readonly coldSessions: number;
  /** The generation that serves the vector of an item; undefined where none does. */
  readonly probe: (item: string) => Promise<string | undefined>;
  readonly log: (line: string) => void;
}

const pollMs = 20;
/** After this time an item counts as forgotten, and is waited for no more. */
const patienceSeconds = 30;

interface Waiting {
  events: number;
  readonly sessions: Set<string>;
  due: { readonly by: string; readonly atMs: number } | undefined;
}

/** Makes a watch over items of which none was clicked yet. */
export function createLearningWatch(options: LearningWatchOptions): LearningWatch {
  const { items, coldEvents, coldSessions, probe, log } = options;
  const learnt: Learning[] = [];
  const waiting = new Map<string, Waiting>(
    items.map((item) => [item, { events: 0, sessions: new Set(), due: undefined }]),
  );
  const count = ({ item, session, key }: SentClick) => {
    const state = waiting.get(item);
    if (state === undefined) return;
    state.events += 1;
    state.sessions.add(session);
    if (state.events < coldEvents || state.sessions.size < coldSessions) return;
    state.due ??= { by: key, atMs: performance.now() };
  };
  const look = async (item: string, { events, due }: Waiting) => {
    const generation = await probe(item);
    const seconds = (performance.now() - due!.atMs) / 1000;
    if (generation === undefined && seconds < patienceSeconds) return;
    waiting.delete(item);
    if (generation === undefined) log(`  ${item} was not learnt in ${patienceSeconds} s`);
    else {
      log(`  ${item} was learnt after ${events} clicks and ${seconds.toFixed(2)} s`);
      learnt.push({ item, events, dueBy: due!.by, seconds, generation });
    }
  };
  return {
    learnt,
    async saw(clicks) {
      for (const click of clicks) count(click);
      for (;;) {
        const due = [...waiting].filter(([, state]) => state.due !== undefined);
        if (due.length === 0) return;
        for (const [item, state] of due) await look(item, state);
        await sleep(pollMs);
      }
    },
  };
}
