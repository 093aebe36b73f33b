import { createTarget, type SentClick, type Target } from '../../../src/cli/replay/target.ts';

/** A click that a recommendation was asked for, and what came of it. */
export interface Outcome {
  /** Key of the click. */
  readonly key: string;
  readonly item: string;
  /** Whether the item was in the answer. */
  readonly hit: boolean;
  /** Place of the generation that answered, 0 for the first. */
  readonly generation: number;
}

/** A gateway as a replay sees it, which keeps what it answered. */
export interface WatchedTarget extends Target {
  readonly outcomes: readonly Outcome[];
  /** Place of a generation in the order in which they were met. */
  ordinal(generation: string): number;
  /** The generation that knows neighbours of an item by its vector; undefined where none does. */
  probe(item: string): Promise<string | undefined>;
  put(items: readonly object[]): Promise<void>;
}

interface Recommended {
  readonly request_id: string;
  readonly generation: string;
  readonly strategy: string;
  readonly fallback_reason: string | null;
  readonly items: readonly { readonly id: string; readonly source: string }[];
}

/** Speaks to a gateway over HTTP; `posted` is told of clicks that are acknowledged, and the next wait for it. */
export function createWatchedTarget(
  url: string,
  posted: (clicks: readonly SentClick[]) => Promise<void>,
): WatchedTarget {
  const target = createTarget(url);
  const generations: string[] = [];
  const answers = new Map<string, { items: readonly string[]; generation: number }>();
  const outcomes: Outcome[] = [];
  const ordinal = (generation: string) => {
    const known = generations.indexOf(generation);
    return known >= 0 ? known : generations.push(generation) - 1;
  };
  const post = async (path: string, body: unknown) => {
    const answer = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`POST ${path} answered ${answer.status}: ${text}`);
    return { status: answer.status, text };
  };
  const recommend = async (work: string, body: object) => {
    const { status, text } = await post(`/v1/recommend/${work}`, body);
    return { status, answer: JSON.parse(text) as Recommended };
  };
  const keep = ({ key, item, requestId }: SentClick) => {
    const asked = answers.get(requestId ?? '');
    if (asked === undefined) return;
    answers.delete(requestId!);
    const { items, generation } = asked;
    outcomes.push({ key, item, hit: items.includes(item), generation });
  };
  return {
    outcomes,
    ordinal,
    reach: target.reach,
    async probe(item) {
      const { answer } = await recommend('similar', { item, n: 20 });
      const isKnown = answer.items.some(({ source }) => source === 'item2vec');
      return isKnown ? answer.generation : undefined;
    },
    async put(items) {
      await post('/v1/items', items);
    },
    async recommend(work, ask) {
      const { status, answer } = await recommend(work, ask);
      const items = answer.items.map(({ id }) => id);
      answers.set(answer.request_id, { items, generation: ordinal(answer.generation) });
      return {
        status,
        items,
        requestId: answer.request_id,
        strategy: answer.strategy,
        fallbackReason: answer.fallback_reason ?? 'none',
      };
    },
    async post(clicks) {
      const answer = await target.post(clicks);
      for (const click of clicks) keep(click);
      await posted(clicks);
      return answer;
    },
  };
}
