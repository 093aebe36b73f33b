import jsep from 'jsep';
import { ExpressionMistake } from './mistake.ts';
import { readNumber, readText } from './read-literals.ts';

/** A node of a parsed expression; `at` is where it begins, where that is known. */
export type Node = jsep.Expression & { readonly at?: number; readonly isGrouped?: boolean };

type Scope = jsep.HookScope;

/** Nested tokens: brackets in brackets, signs before signs. */
const maxDepth = 60;

/** Operators of expr-lang with their precedence; all of one precedence stand left to right, but powers. */
const operators: Readonly<Record<string, number>> = {
  ...{ '|': 0.95, '||': 10, or: 10, '&&': 15, and: 15 },
  ...{ '==': 20, '!=': 20, '<': 20, '<=': 20, '>': 20, '>=': 20 },
  ...{ in: 20, contains: 20, startsWith: 20, endsWith: 20, matches: 20 },
  ...{ 'not in': 20, 'not contains': 20, 'not startsWith': 20, 'not endsWith': 20 },
  ...{ '+': 30, '-': 30, '*': 60, '/': 60, '%': 60, '**': 100, '^': 100, '??': 500 },
};

const closingBrace = 125;

/** Where the hooks of this file keep what they share: jsep is one for the process, this module may be loaded twice. */
const mark = Symbol.for('sightline.expressions');
const prepared: typeof jsep & { [mark]?: number[] } = jsep;
const isPrepared = prepared[mark] !== undefined;

/** Where each token that is being read begins. One parse at a time: nothing here waits. */
const starts: number[] = prepared[mark] ?? [];
prepared[mark] = starts;
if (!isPrepared) prepare();

function prepare(): void {
  jsep.removeAllBinaryOps();
  jsep.removeAllUnaryOps();
  jsep.removeAllLiterals();
  jsep.removeIdentifierChar('$');
  for (const [operator, precedence] of Object.entries(operators))
    jsep.addBinaryOp(operator, precedence, operator === '**' || operator === '^');
  for (const sign of ['!', 'not', '-', '+']) jsep.addUnaryOp(sign);
  for (const [name, value] of [
    ['true', true],
    ['false', false],
    ['nil', null],
  ] as const)
    jsep.addLiteral(name, value);
  jsep.hooks.add('gobble-token', function (env) {
    starts.push(this.index);
    if (starts.length > maxDepth) this.throwError(`is nested deeper than ${maxDepth}`);
    const node = readOwnToken(this);
    if (node !== undefined) env.node = node;
  });
  jsep.hooks.add('after-token', function (env) {
    const at = starts.pop() ?? 0;
    if (env.node) Object.assign(env.node, { at, isGrouped: this.expr[at] === '(' });
  });
}

/**
 * Parses the syntax of expr-lang into the tree of jsep, with nodes of its own for predicates in braces (`Predicate`) and
 * maps (`MapExpression`). Throws `ExpressionMistake`.
 *
 * @example parseTree('count(feedback, .Value > 3)').type // 'CallExpression'
 */
export function parseTree(text: string): Node {
  starts.length = 0;
  let tree: Node;
  try {
    tree = jsep(text);
  } catch (error) {
    const { description, index } = error as { description?: string; index?: number };
    throw new ExpressionMistake(description ?? 'cannot be read', index ?? 0);
  }
  if (tree.type !== 'Compound') return tree;
  const [, second] = (tree as jsep.Compound).body as Node[];
  if (second === undefined) throw new ExpressionMistake('is empty, expected an expression', 0);
  throw new ExpressionMistake('goes on after its end, expected one expression', second.at ?? 0);
}

/** Tokens of expr-lang that jsep does not know, or reads otherwise. */
function readOwnToken(scope: Scope): Node | undefined {
  const { char, expr, index } = scope;
  if (/[\d.]/.test(char) && /^(\d|\.\d)/.test(expr.slice(index, index + 2)))
    return readNumber(scope);
  if (char === '"' || char === "'" || char === '`')
    return scope.gobbleTokenProperty(readText(scope));
  if (char === '#' || char === '.') return readElement(scope);
  if (char === '{') return scope.gobbleTokenProperty(readBraces(scope));
  if (expr.startsWith('let ', index)) scope.throwError('let is not supported');
  return undefined;
}

/** `#`, or `.Field` for `#.Field`. */
function readElement(scope: Scope): Node {
  const element = { type: 'Identifier', name: '#', at: scope.index };
  const isShort = scope.char === '.';
  scope.index += 1;
  if (!isShort) {
    if (/[A-Za-z_]/.test(scope.char)) scope.throwError('names after # are not supported');
    return scope.gobbleTokenProperty(element);
  }
  const property = scope.gobbleIdentifier()!;
  const field = { type: 'MemberExpression', computed: false, object: element, property };
  return scope.gobbleTokenProperty(field);
}

/** A map, or a predicate that is written in braces. */
function readBraces(scope: Scope): Node {
  scope.index += 1;
  scope.gobbleSpaces();
  const rest = scope.expr.slice(scope.index);
  if (/^(\}|[A-Za-z_]\w*\s*:|"[^"\\]*"\s*:|'[^'\\]*'\s*:)/.test(rest)) return readMap(scope);
  const body = scope.gobbleExpression();
  if (!body) scope.throwError('Expected expression after {');
  scope.gobbleSpaces();
  if (!skip(scope, '}')) scope.throwError('Expected }');
  return { type: 'Predicate', body };
}

function readMap(scope: Scope): Node {
  const entries: Node[] = [];
  while (!skip(scope, '}')) {
    const key = /["']/.test(scope.char) ? readText(scope).value : scope.gobbleIdentifier()!.name;
    scope.gobbleSpaces();
    if (!skip(scope, ':')) scope.throwError('Expected : after a name of a map');
    const value = scope.gobbleExpression();
    if (!value) scope.throwError('Expected a value of a map');
    entries.push({ type: 'Entry', key, value });
    if (!skip(scope, ',') && scope.code !== closingBrace) scope.throwError('Expected , or }');
    scope.gobbleSpaces();
  }
  return { type: 'MapExpression', entries };
}

/** Goes beyond a character, if it is there. */
function skip(scope: Scope, char: string): boolean {
  const isThere = scope.char === char;
  if (isThere) scope.index += 1;
  return isThere;
}
