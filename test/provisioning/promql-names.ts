import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** A parsed expression: the node of it, and the text that nodes are cut from. */
export interface Parsed {
  readonly root: SyntaxNode;
  text(node: SyntaxNode): string;
}

/** The series that an expression asks for. */
export interface Names {
  /** As they are exposed, with `_bucket` and the like. */
  readonly metrics: ReadonlySet<string>;
  /** By metric, the labels that all of its selectors match on. */
  readonly labels: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Parses PromQL as dashboards and rules have it, with Grafana's variables. Throws on a syntax error, with its place. */
export function parsePromQL(expr: string): Parsed {
  const plain = expr.replaceAll(/\$__(?:rate_interval|interval|range)\b/g, '5m');
  const tree = parser.parse(plain);
  tree.iterate({
    enter(node) {
      if (!node.type.isError) return;
      throw new Error(`syntax error at "${plain.slice(node.from, node.from + 20)}" of ${expr}`);
    },
  });
  return { root: tree.topNode.firstChild!, text: (node) => plain.slice(node.from, node.to) };
}

/**
 * The metrics of an expression and the labels that it matches them by. Throws on a syntax error.
 *
 * @example namesIn('sum by (b) (rate(a_total{c="d"}[$__rate_interval]))').labels.get('a_total') // Set { 'c' }
 */
export function namesIn(expr: string): Names {
  const parsed = parsePromQL(expr);
  const labels = new Map<string, ReadonlySet<string>>();
  for (const { metric, matched } of selectorsOf(parsed)) {
    const before = labels.get(metric) ?? matched;
    labels.set(metric, before.intersection(matched));
  }
  return { metrics: new Set(labels.keys()), labels };
}

/** The name and the matched labels of a selector. */
export function selectorOf({ text }: Parsed, selector: SyntaxNode) {
  const name = selector.getChild('Identifier');
  const matchers = selector.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [];
  return {
    metric: name === null ? '' : text(name),
    matched: new Set(matchers.map((matcher) => text(matcher.getChild('LabelName')!))),
  };
}

function selectorsOf(parsed: Parsed): ReturnType<typeof selectorOf>[] {
  const found: ReturnType<typeof selectorOf>[] = [];
  parsed.root.cursor().iterate((node) => {
    if (node.name === 'VectorSelector') found.push(selectorOf(parsed, node.node));
  });
  return found;
}
