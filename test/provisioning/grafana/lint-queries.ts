import type { SyntaxNode } from '@lezer/common';
import { type Parsed, parsePromQL } from '../promql-names.ts';

/** A length of time that no query has of its own. */
const rateInterval = '8869990787ms';

/** A series that a query selects. */
export interface Selector {
  readonly metric: string;
  /** As they stand in the query: `job=~"$job"`. */
  readonly matchers: readonly string[];
  /** Length of its range, undefined for a single value. */
  readonly range: string | undefined;
  /** The function that is called with it. */
  readonly call: string | undefined;
}

/** What is wrong with PromQL, undefined where it can be parsed. */
export function promqlProblem(expr: string): string | undefined {
  try {
    parsePromQL(withoutVariables(expr));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The selectors of PromQL; none where it cannot be parsed. */
export function selectorsOf(expr: string): Selector[] {
  if (promqlProblem(expr) !== undefined) return [];
  const parsed = parsePromQL(withoutVariables(expr));
  const found: Selector[] = [];
  parsed.root.cursor().iterate(({ name, node }) => {
    if (name === 'VectorSelector') found.push(selector(parsed, node));
  });
  return found;
}

/** Whether a range is the one that Grafana chooses for rates. */
export function isRateInterval(range: string): boolean {
  return range === rateInterval;
}

/**
 * What is wrong with LogQL, undefined where nothing is seen: it selects streams, its strings end and its brackets
 * match.
 */
export function logqlProblem(expr: string): string | undefined {
  const bare = expr.replaceAll(/"(?:[^"\\]|\\.)*"|`[^`]*`/g, '""');
  if (!/\{\s*\w+\s*(?:=~|!~|!=|=)\s*""/.test(bare)) return 'it selects no stream';
  if (bare.replaceAll('""', '').includes('"')) return 'a string does not end';
  const open: string[] = [];
  for (const sign of bare.match(/[{}()[\]]/g) ?? []) {
    if ('{(['.includes(sign)) open.push(sign);
    else if (open.pop() !== { '}': '{', ')': '(', ']': '[' }[sign]) return `${sign} closes nothing`;
  }
  return open.length === 0 ? undefined : `${open.at(-1)} is not closed`;
}

/** The ranges of LogQL. */
export function logqlRanges(expr: string): string[] {
  const bare = expr.replaceAll(/"(?:[^"\\]|\\.)*"|`[^`]*`/g, '""');
  return [...bare.matchAll(/\[([^\]]+)\]/g)].map(([, range]) => range.trim());
}

function selector({ text }: Parsed, node: SyntaxNode): Selector {
  const name = node.getChild('Identifier');
  const matchers = node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [];
  const matrix = node.parent?.name === 'MatrixSelector' ? node.parent : undefined;
  const range = matrix?.getChild('DurationExpr');
  return {
    metric: name === null ? '' : text(name),
    matchers: matchers.map(text),
    range: range ? text(range) : undefined,
    call: calledWith(matrix ?? node, text),
  };
}

function calledWith(node: SyntaxNode, text: Parsed['text']): string | undefined {
  const body = node.parent?.name === 'OffsetExpr' ? node.parent.parent : node.parent;
  const called = body?.parent?.getChild('FunctionIdentifier');
  return called ? text(called) : undefined;
}

/** Values for the variables outside of strings. */
function withoutVariables(expr: string): string {
  return expr
    .split('"')
    .map((part, p) => (p % 2 === 1 ? part : valued(part)))
    .join('"');
}

function valued(part: string): string {
  return part
    .replaceAll(/\$\{?__rate_interval\}?/g, rateInterval)
    .replaceAll(/\$\{?__(?:range|interval)_(?:s|ms)\}?/g, '60')
    .replaceAll(/\$\{?__(?:range|interval)\}?/g, '61s')
    .replaceAll(/\$\{?(\w+)(?::\w+)?\}?/g, '$1');
}
