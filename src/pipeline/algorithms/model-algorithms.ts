import type { ModelSlot } from '../../models/model.ts';
import type { Retriever, Scorer } from '../algorithm.ts';

/** Retrieves with a model. */
export function modelRetriever(name: string, slot: ModelSlot, limit: number): Retriever {
  if ('unavailable' in slot)
    return { name, limit, unavailable: slot.unavailable, retrieve: () => {} };
  const { model } = slot;
  return { name, limit, retrieve: ({ query }, hits) => model.retrieve(query, limit, hits) };
}

/** Scores with a model. */
export function modelScorer(name: string, slot: ModelSlot, weight: number): Scorer {
  if ('unavailable' in slot)
    return { name, weight, unavailable: slot.unavailable, score: () => {} };
  const { model } = slot;
  return {
    name,
    weight,
    score: ({ query }, { items, count }, scores) => model.score(query, items, count, scores),
  };
}
