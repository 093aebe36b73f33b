import type { RecommendRequest } from '../../domain/recommend-request.ts';

/** The last requests of each work. */
export interface RequestSample {
  /** O(1). */
  note(work: string, request: RecommendRequest): void;
  /** The requests at hand, by work. */
  taken(): ReadonlyMap<string, readonly RecommendRequest[]>;
}

/** Keeps the last `size` requests of each work in memory, to try generations on. */
export function createRequestSample(size: number): RequestSample {
  const rings = new Map<string, { readonly requests: RecommendRequest[]; next: number }>();
  return {
    note(work, request) {
      if (size === 0) return;
      let ring = rings.get(work);
      if (ring === undefined) {
        ring = { requests: [], next: 0 };
        rings.set(work, ring);
      }
      ring.requests[ring.next] = request;
      ring.next = (ring.next + 1) % size;
    },
    taken: () => new Map([...rings].map(([work, { requests }]) => [work, [...requests]])),
  };
}
