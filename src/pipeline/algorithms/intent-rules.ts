import type { Intent, SessionState, Surface } from '../../domain/intent.ts';
import { type SessionFreshness, sessionFreshness } from '../../math/session-gaps.ts';
import { unknownCode } from '../../stores/item-scope.ts';
import type { Session } from '../../stores/session-events.ts';
import type { IntentParser, RequestContext } from '../algorithm.ts';
import type { QueryIndex } from './query-index.ts';

/** What the rules need to know of their work. */
export interface IntentRules {
  readonly surface: Surface;
  readonly segments: ReadonlySet<string>;
  readonly staleMs: number;
  readonly index: QueryIndex;
  /** Multipliers of the scorers' weights in each session state. */
  readonly weights: Readonly<Record<SessionState, Float32Array>>;
  /** In their place: the multipliers in each state at equal steps of freshness, from 0 to 1. */
  readonly leaning?: Readonly<Record<SessionState, readonly Float32Array[]>> | undefined;
  /** Length of the window that ends at the last event of the session. */
  readonly freshnessWindowMs?: number;
}

const defaultWindowMs = 300_000;
const noItems = new Int32Array(0);
const noCodes = new Uint16Array(0);
const noWords: readonly string[] = [];

/** Reads surface, free text, explicit filters, locale and session state by fixed rules. */
export function intentRules(rules: IntentRules): IntentParser {
  // Written by each request, and read before the next one.
  const measured = { entropyBits: 0, normalisedEntropy: 0, freshness: 0, events: 0 };
  return {
    name: 'rules',
    parse(context) {
      const { request, table } = context;
      const recent = recentOf(context);
      const shown = request.item === undefined ? -1 : table.indexOf(request.item);
      const anchor = shown >= 0 ? shown : recent.length > 0 ? recent[recent.length - 1] : -1;
      const sessionState = stateOf(context, recent, rules.staleMs);
      const session = measureSession(context, rules, measured);
      const freshness = session?.freshness;
      const meaning =
        request.query === undefined ? undefined : rules.index.match(request.query, context.nowMs);
      return {
        surface: rules.surface,
        sessionState,
        segment: segmentOf(request.segment, rules.segments),
        catalog: catalogOf(context, anchor),
        locale: request.locale ?? '',
        categories: categoriesOf(context, meaning?.categories ?? noCodes),
        attributes: meaning?.attributes ?? noCodes,
        unmatched: meaning?.unmatched ?? noWords,
        anchor,
        recent,
        sessionEntropy: entropyOf(session),
        freshness,
        weights: weightsAt(rules, sessionState, freshness ?? 0),
      } satisfies Intent;
    },
  };
}

function recentOf({ request, session, table }: RequestContext): Int32Array {
  if (request.recent !== undefined) {
    const known = request.recent.map((id) => table.indexOf(id)).filter((index) => index >= 0);
    return Int32Array.from(known);
  }
  return session?.items ?? noItems;
}

function stateOf(context: RequestContext, recent: Int32Array, staleMs: number): SessionState {
  const { request, session, nowMs } = context;
  if (recent.length === 0) return request.user === undefined ? 'cold' : 'returning';
  return request.recent === undefined && isStale(session, nowMs, staleMs) ? 'stale' : 'mid';
}

function isStale(session: Session | undefined, nowMs: number, staleMs: number): boolean {
  return session !== undefined && nowMs - session.atMs[session.count - 1] > staleMs;
}

/** Undefined where the times of the session are not known. */
function measureSession(
  { request, session, nowMs }: RequestContext,
  { freshnessWindowMs: windowMs = defaultWindowMs }: IntentRules,
  out: SessionFreshness,
): SessionFreshness | undefined {
  if (request.recent !== undefined || session === undefined) return undefined;
  return sessionFreshness(session.atMs, session.count, { nowMs, windowMs }, out);
}

/** Undefined where there is no gap to measure. */
function entropyOf(session: SessionFreshness | undefined): number | undefined {
  return session !== undefined && session.events >= 2 ? session.normalisedEntropy : undefined;
}

function weightsAt(
  { weights, leaning }: IntentRules,
  state: SessionState,
  freshness: number,
): Float32Array {
  if (leaning === undefined) return weights[state];
  return leaning[state][Math.round(freshness * (leaning[state].length - 1))];
}

function segmentOf(asked: string | undefined, segments: ReadonlySet<string>): string {
  return asked !== undefined && segments.has(asked) ? asked : 'default';
}

/** The catalogue asked for, or the one of the item that the request goes on from. */
function catalogOf({ request, table }: RequestContext, anchor: number): string {
  if (request.catalog !== undefined && table.catalogs.find(request.catalog) >= 0)
    return request.catalog;
  return anchor >= 0 ? table.catalogs.names[table.catalog[anchor]] : 'all';
}

/** Categories named one by one count before those read from free text; unknown names match no item. */
function categoriesOf({ request, table }: RequestContext, read: Uint16Array): Uint16Array {
  if (request.categories === undefined || request.categories.length === 0) return read;
  return Uint16Array.from(request.categories, (name) => {
    const code = table.categories.find(name);
    return code < 0 ? unknownCode : code;
  });
}
