import type { Runtime } from 'node:inspector';
import type { ProfileKind } from './profile-kind.ts';
import { type StackSample, visitStacks } from './stacks.ts';

/** A sampled heap as V8 tells it. */
export interface SampledHeap {
  readonly head: SampledHeapNode;
  readonly samples: readonly { readonly nodeId: number }[];
}

/** A function called along one way. */
export interface SampledHeapNode {
  readonly id: number;
  readonly callFrame: Runtime.CallFrame;
  /** Bytes that its samples stand for. */
  readonly selfSize: number;
  readonly children: readonly SampledHeapNode[];
}

/** What has been allocated since the start and is still there after the garbage collection at the end. */
export const heapProfile = memoryProfile({
  space: 'inuse_space',
  intervalBytes: 32_768,
  keepsCollected: false,
});

/** What has been allocated since the start, whatever became of it. */
export const allocationProfile = memoryProfile({
  space: 'alloc_space',
  intervalBytes: 524_288,
  keepsCollected: true,
});

/** `intervalBytes`: allocated bytes between two samples, on average. */
function memoryProfile({
  space,
  intervalBytes,
  keepsCollected,
}: {
  readonly space: string;
  readonly intervalBytes: number;
  readonly keepsCollected: boolean;
}): ProfileKind {
  return {
    sampleTypes: [
      { type: 'samples', unit: 'count' },
      { type: space, unit: 'bytes' },
    ],
    period: { type: 'space', unit: 'bytes', value: intervalBytes },
    async start(thread) {
      await thread.ask('HeapProfiler.enable');
      await thread.ask('HeapProfiler.startSampling', {
        samplingInterval: intervalBytes,
        includeObjectsCollectedByMajorGC: keepsCollected,
        includeObjectsCollectedByMinorGC: keepsCollected,
      });
    },
    async stop(thread) {
      const stopped = await thread.ask<{ profile: SampledHeap }>('HeapProfiler.stopSampling');
      return heapSamples(stopped.profile);
    },
  };
}

/** The stacks of a profile of V8, each with its samples and the bytes that they stand for. */
export function heapSamples({ head, samples }: SampledHeap): StackSample[] {
  const counts = new Map<number, number>();
  for (const { nodeId } of samples) counts.set(nodeId, (counts.get(nodeId) ?? 0) + 1);
  const found: StackSample[] = [];
  const tree = {
    root: head,
    callFrame: ({ callFrame }: SampledHeapNode) => callFrame,
    children: ({ children }: SampledHeapNode) => children,
  };
  visitStacks(tree, ({ id, selfSize }, stack) => {
    if (selfSize > 0) found.push({ stack, values: [counts.get(id) ?? 0, Math.round(selfSize)] });
  });
  return found;
}
