import type { SyntaxNode } from '@lezer/common';
import { type Parsed, parsePromQL, selectorOf } from './promql-names.ts';

/** Labels of the series that an expression answers with; undefined for a number or a text. */
type Labels = ReadonlySet<string> | undefined;

/** What an expression answers with, and what in it cannot be meant. */
export interface Reading {
  readonly labels: ReadonlySet<string>;
  /** Unknown series, labels that a series does not have, sides that can never match. */
  readonly mistakes: readonly string[];
}

interface Reader extends Parsed {
  readonly known: ReadonlyMap<string, ReadonlySet<string>>;
  readonly mistakes: string[];
}

/**
 * Reads an expression as Prometheus would, by labels alone. Throws on a syntax error.
 *
 * @example readPromQL('sum by (b) (a)', new Map([['a', new Set(['b'])]])).labels // Set { 'b' }
 */
export function readPromQL(expr: string, known: ReadonlyMap<string, ReadonlySet<string>>): Reading {
  const parsed = parsePromQL(expr);
  const mistakes: string[] = [];
  const labels = read({ ...parsed, known, mistakes }, parsed.root) ?? new Set();
  return { labels, mistakes: mistakes.map((mistake) => `${mistake} in ${expr}`) };
}

function read(reader: Reader, node: SyntaxNode): Labels {
  if (node.name === 'VectorSelector') return readSelector(reader, node);
  if (node.name === 'AggregateExpr') return readAggregate(reader, node);
  if (node.name === 'FunctionCall') return readCall(reader, node);
  if (node.name === 'BinaryExpr') return readBinary(reader, node);
  if (node.name === 'NumberDurationLiteral' || node.name === 'StringLiteral') return undefined;
  // Brackets, ranges, offsets and signs leave labels as they are.
  const [inner] = expressionsIn(node);
  if (inner === undefined) throw new Error(`cannot read ${node.name} at ${reader.text(node)}`);
  return read(reader, inner);
}

function readSelector(reader: Reader, node: SyntaxNode): Labels {
  const { metric, matched } = selectorOf(reader, node);
  const labels = reader.known.get(metric);
  if (labels === undefined) reader.mistakes.push(`no series ${metric}`);
  else expectLabels(reader, matched, { there: labels, node });
  return labels ?? new Set();
}

function readAggregate(reader: Reader, node: SyntaxNode): Labels {
  const there = firstOf(reader, node);
  const modifier = node.getChild('AggregateModifier');
  const grouped = new Set(labelsIn(reader, modifier?.getChild('GroupingLabels')));
  expectLabels(reader, grouped, { there, node });
  const operator = reader.text(node.getChild('AggregateOp')!);
  if (/^(?:top|bottom|limit)/.test(operator)) return there;
  return modifier?.getChild('Without') ? there.difference(grouped) : grouped;
}

function readCall(reader: Reader, node: SyntaxNode): Labels {
  const name = reader.text(node.getChild('FunctionIdentifier')!);
  if (name === 'time' || name === 'scalar') return undefined;
  const there = firstOf(reader, node);
  if (name === 'label_replace' || name === 'label_join') {
    const [, made] = argumentsOf(node);
    return new Set([...there, reader.text(made).slice(1, -1)]);
  }
  if (name !== 'histogram_quantile') return there;
  expectLabels(reader, ['le'], { there, node });
  return there.difference(new Set(['le']));
}

function readBinary(reader: Reader, node: SyntaxNode): Labels {
  const [left, right] = expressionsIn(node).map((side) => read(reader, side));
  if (left === undefined || right === undefined) return left ?? right;
  if (node.getChild('Or')) return left.union(right);
  const clause = node.getChild('MatchingModifierClause');
  const [matching = [], brought = []] = (clause?.getChildren('GroupingLabels') ?? []).map(
    (labels) => labelsIn(reader, labels),
  );
  const isOn = Boolean(clause?.getChild('On'));
  const ignored = new Set(matching);
  if (isOn) {
    for (const there of [left, right]) expectLabels(reader, matching, { there, node });
  } else {
    const apart = left.difference(ignored).symmetricDifference(right.difference(ignored));
    if (apart.size > 0) {
      reader.mistakes.push(`sides differ by ${[...apart]} and never match at ${reader.text(node)}`);
    }
  }
  if (node.getChild('And') || node.getChild('Unless')) return left;
  const isRightMany = Boolean(clause?.getChild('GroupRight'));
  const [many, one] = isRightMany ? [right, left] : [left, right];
  expectLabels(reader, brought, { there: one, node });
  if (isRightMany || clause?.getChild('GroupLeft')) return new Set([...many, ...brought]);
  return isOn ? ignored : left.difference(ignored);
}

function expectLabels(
  { mistakes, text }: Reader,
  wanted: Iterable<string>,
  { there, node }: { readonly there: ReadonlySet<string>; readonly node: SyntaxNode },
): void {
  for (const label of wanted) {
    if (!there.has(label)) mistakes.push(`no label ${label} at ${text(node)}`);
  }
}

const labelsIn = ({ text }: Reader, grouping: SyntaxNode | null | undefined) =>
  grouping?.getChildren('LabelName').map(text) ?? [];

/** The labels of the first argument that has any. */
function firstOf(reader: Reader, call: SyntaxNode): ReadonlySet<string> {
  const given = argumentsOf(call).map((argument) => read(reader, argument));
  return given.find((labels) => labels !== undefined) ?? new Set();
}

const argumentsOf = (call: SyntaxNode) => {
  const body = call.getChild('FunctionCallBody');
  return body === null ? [] : expressionsIn(body);
};

/** Nodes that have a value of their own. */
const expressionNode =
  /^(?:AggregateExpr|BinaryExpr|FunctionCall|MatrixSelector|NumberDurationLiteral|OffsetExpr|ParenExpr|StepInvariantExpr|StringLiteral|SubqueryExpr|UnaryExpr|VectorSelector)$/;

function expressionsIn(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (expressionNode.test(child.name)) found.push(child);
  }
  return found;
}
