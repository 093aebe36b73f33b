import { hash32 } from '../../math/rng.ts';
import type { RequestContext } from '../algorithm.ts';
import type { Fault, FaultKind, MatchLabel } from './fault.ts';

/** A fault in place. Times are milliseconds of the monotonic clock. */
export interface PlayedFault {
  readonly fault: Fault;
  readonly beginsAt: number;
  readonly endsAt: number;
  /** 32 bits that decide whom a share of it strikes. */
  readonly seed: number;
  /** Times it struck. */
  struck: number;
}

/** Where in which request something may go wrong. */
export interface FaultScene {
  readonly work: string;
  readonly strategy: string;
  readonly context: RequestContext;
}

/** Where in the request it is asked for, for the kinds of fault that have a place. */
export interface FaultPlace {
  readonly stage?: string | undefined;
  readonly store?: string | undefined;
}

/** A fault that strikes, with how much of it there is: 0 to 1. */
export interface Strike<Kind extends FaultKind = FaultKind> {
  readonly fault: Extract<Fault, { readonly kind: Kind }>;
  readonly strength: number;
  /** Random bits, the same for all strikes of a fault on one request. */
  readonly seed: number;
}

/**
 * The first fault of a kind that strikes, or undefined. It matches what is known of the request at that moment: before
 * the intent stage nobody has a segment or a catalogue. A fault strikes a request everywhere or nowhere, as the hash of
 * its number decides. O(faults).
 */
export function strike<Kind extends FaultKind>(
  played: readonly PlayedFault[],
  scene: FaultScene,
  { kind, now, stage, store }: { kind: Kind; now: number } & FaultPlace,
): Strike<Kind> | undefined {
  for (const one of played) {
    const { fault } = one;
    if (fault.kind !== kind || ('stage' in fault && fault.stage !== stage)) continue;
    if ('store' in fault && fault.store !== undefined && fault.store !== store) continue;
    const grown = strengthAt(one, now);
    if (grown === 0 || !matches(fault, scene)) continue;
    const growsInDelay = 'delayMs' in fault;
    const seed = hash32((scene.context.query.serial ?? 0) ^ one.seed);
    if (seed / 2 ** 32 >= fault.share * (growsInDelay ? 1 : grown)) continue;
    one.struck += 1;
    return { fault: fault as Strike<Kind>['fault'], strength: growsInDelay ? grown : 1, seed };
  }
  return undefined;
}

/** 0 before it begins and after it ends, and in between up to 1 along the ramp. */
function strengthAt({ fault, beginsAt, endsAt }: PlayedFault, now: number): number {
  if (now < beginsAt || now >= endsAt) return 0;
  const rampMs = fault.rampSeconds * 1000;
  return now - beginsAt < rampMs ? (now - beginsAt) / rampMs : 1;
}

function matches({ match }: Fault, scene: FaultScene): boolean {
  for (const label in match) {
    if (match[label as MatchLabel] !== labelOf(scene, label as MatchLabel)) return false;
  }
  return true;
}

function labelOf({ work, strategy, context }: FaultScene, label: MatchLabel): string {
  switch (label) {
    case 'work':
      return work;
    case 'strategy':
      return strategy;
    case 'segment':
      return context.intent.segment;
    case 'catalog':
      return context.intent.catalog;
    case 'variant':
      return context.variant;
  }
}
