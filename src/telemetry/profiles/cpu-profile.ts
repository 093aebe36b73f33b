import type { Profiler } from 'node:inspector';
import type { ProfileKind } from './profile-kind.ts';
import { type Frame, type StackSample, visitStacks } from './stacks.ts';

/**
 * Where the threads spend their time, looked at every `intervalMs`. V8 goes by the clock on the wall, so time is that for
 * which a thread was busy, including system calls and waiting for a core; waiting for work is left out.
 */
export function cpuProfile(intervalMs: number): ProfileKind {
  return {
    sampleTypes: [
      { type: 'samples', unit: 'count' },
      { type: 'cpu', unit: 'nanoseconds' },
    ],
    period: { type: 'cpu', unit: 'nanoseconds', value: 1e6 * intervalMs },
    async start(thread) {
      await thread.ask('Profiler.enable');
      await thread.ask('Profiler.setSamplingInterval', { interval: 1000 * intervalMs });
      await thread.ask('Profiler.start');
    },
    async stop(thread) {
      return cpuSamples((await thread.ask<Profiler.StopReturnType>('Profiler.stop')).profile);
    },
  };
}

/**
 * The stacks of a profile of V8, each with its samples and nanoseconds; a stack has one entry for each line of its
 * running function. O(samples + nodes × depth).
 */
export function cpuSamples(profile: Profiler.Profile): StackSample[] {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const nanos = nanosByNode(profile);
  const found: StackSample[] = [];
  const tree = {
    root: profile.nodes[0],
    callFrame: ({ callFrame }: Profiler.ProfileNode) => callFrame,
    children: ({ children = [] }: Profiler.ProfileNode) => children.map((id) => nodes.get(id)!),
  };
  visitStacks(tree, ({ id, hitCount = 0, positionTicks = [] }, [running, ...callers]) => {
    if (hitCount === 0 || isWaiting(running)) return;
    const nanosEach = (nanos.get(id) ?? 0) / hitCount;
    const add = (line: number, hits: number) =>
      found.push({
        stack: [{ ...running, line }, ...callers],
        values: [hits, Math.round(hits * nanosEach)],
      });
    let rest = hitCount;
    for (const { line, ticks } of positionTicks) {
      add(line, ticks);
      rest -= ticks;
    }
    if (rest > 0) add(running.line, rest);
  });
  return found;
}

/** A sample stands for the time until the next one. */
function nanosByNode({ samples = [], timeDeltas = [], ...times }: Profiler.Profile) {
  const nanos = new Map<number, number>();
  let at = times.startTime + (timeDeltas[0] ?? 0);
  samples.forEach((node, s) => {
    const next = s + 1 < samples.length ? at + timeDeltas[s + 1] : times.endTime;
    // The clock of V8 may go back by a little.
    nanos.set(node, (nanos.get(node) ?? 0) + 1000 * Math.max(0, next - at));
    at = next;
  });
  return nanos;
}

/** V8 knows of the event loop that it waits; it does not know of the reader of the event ring. */
function isWaiting({ name, file }: Frame): boolean {
  return name === '(idle)' || (name === 'rest' && /\/event-ring\.[jt]s$/.test(file));
}
