import type jsep from 'jsep';
import { type Compiled, constant, demand, fold } from './compiled.ts';
import { type ExpressionType, eitherType, elementType } from './expression-type.ts';
import { functions } from './functions.ts';
import type { Node } from './grammar.ts';
import { compileListCall, listFunctions, takesPredicate } from './list-functions.ts';
import { compileField, compileIndex } from './members.ts';
import { methods } from './methods.ts';
import { ExpressionMistake, unknownName } from './mistake.ts';
import { compileBinary, compileUnary } from './operators.ts';
import { choose } from './overload.ts';
import { ownValue, Time } from './values.ts';

/** What may be named where a node stands. */
export interface NameScope {
  readonly names: Readonly<Record<string, ExpressionType>>;
  /** The type of `#`; absent outside of predicates. */
  readonly element?: ExpressionType | undefined;
  /** Nodes so far. */
  readonly size: { nodes: number };
  /** Where the node around begins, for nodes that do not say it. */
  readonly at: number;
}

/** Parts of an expression: the bound of what is compiled, and of how deep evaluation goes. */
const maxNodes = 500;

/**
 * Compiles a tree into functions, once for all evaluations: names, fields, functions and kinds that are known are checked
 * here. Throws `ExpressionMistake`. O(nodes).
 */
export function compileNode(node: Node, outer: NameScope): Compiled {
  const at = node.at ?? leftmost(node) ?? outer.at;
  const scope = { ...outer, at };
  scope.size.nodes += 1;
  if (scope.size.nodes > maxNodes)
    throw new ExpressionMistake(`has more than ${maxNodes} parts`, at);
  const compile = Object.hasOwn(compilers, node.type) ? compilers[node.type] : undefined;
  if (compile === undefined) throw new ExpressionMistake(`${node.type} is not supported`, at);
  return compile(node as never, scope);
}

/** Operators and members begin where their first operand does. */
function leftmost(node: Node): number | undefined {
  let first: Node | undefined = node;
  while (first !== undefined && first.at === undefined)
    first = (first.left ?? first.object ?? first.callee ?? first.test) as Node | undefined;
  return first?.at;
}

const compilers: Readonly<Record<string, (node: never, scope: NameScope) => Compiled>> = {
  Literal: ({ value }: jsep.Literal, { at }) => constant(value, at),
  Identifier: compileName,
  MemberExpression: compileMember,
  CallExpression: (node: jsep.CallExpression, scope) => compileCall(node, scope),
  ArrayExpression: compileArray,
  MapExpression: compileMap,
  ConditionalExpression: compileChoice,
  UnaryExpression: ({ operator, argument }: jsep.UnaryExpression, scope) =>
    compileUnary(operator, compileNode(argument, scope)),
  BinaryExpression: compileOperator,
  Predicate(_node: never, { at }) {
    throw new ExpressionMistake('braces stand here, expected them around a predicate', at);
  },
};

function compileName({ name }: jsep.Identifier, { names, element, at }: NameScope): Compiled {
  const part = { at, isConstant: false };
  if (name === '#') {
    if (element === undefined)
      throw new ExpressionMistake('# stands outside of a predicate, expected it inside', at);
    return { ...part, type: element, run: (frame) => frame.element };
  }
  if (!Object.hasOwn(names, name))
    throw unknownName('name', name, { known: Object.keys(names), at });
  return { ...part, type: names[name], run: ({ values }) => ownValue(values, name) };
}

function compileMember(node: jsep.MemberExpression, scope: NameScope): Compiled {
  const object = compileNode(node.object, scope);
  const place = { at: scope.at, isOptional: node.optional === true };
  if (node.computed) return compileIndex(object, compileNode(node.property, scope), place);
  return compileField(object, (node.property as jsep.Identifier).name, place);
}

function compileCall(
  { callee, arguments: given }: jsep.CallExpression,
  scope: NameScope,
  piped: readonly Node[] = [],
): Compiled {
  const { at } = scope;
  const nodes = [...piped, ...(given as Node[])];
  if (callee.type === 'MemberExpression' && callee.computed === false)
    return compileMethod(callee as jsep.MemberExpression, nodes, scope);
  if (callee.type !== 'Identifier')
    throw new ExpressionMistake('calls what is no function, expected a name', at);
  const name = String(callee.name);
  if (listFunctions.has(name)) return compileListFunction(name, nodes, scope);
  const args = () => nodes.map((node) => compileNode(node, scope));
  if (name === 'now' && nodes.length === 0)
    return { type: 'time', run: ({ nowMs }) => new Time(nowMs), at, isConstant: false };
  if (Object.hasOwn(functions, name)) return choose(functions[name], { name, at, args: args() });
  throw unknownName('function', name, {
    known: [...listFunctions, ...Object.keys(functions), 'now'].sort(),
    at,
  });
}

function compileListFunction(name: string, nodes: readonly Node[], scope: NameScope): Compiled {
  const { at } = scope;
  const [list, asked, ...more] = nodes;
  if (!takesPredicate(name) || asked === undefined) {
    const args = nodes.map((node) => compileNode(node, scope));
    return compileListCall({ name, at, args, predicate: undefined });
  }
  if (more.length > 0)
    throw new ExpressionMistake(`${name} takes a list and a predicate, got more`, at);
  const first = compileNode(list, scope);
  const body = asked.type === 'Predicate' ? (asked.body as Node) : asked;
  const predicate = compileNode(body, { ...scope, element: elementType(first.type) });
  return compileListCall({ name, at, args: [first], predicate });
}

function compileMethod(
  { object, property, optional }: jsep.MemberExpression,
  nodes: readonly Node[],
  scope: NameScope,
): Compiled {
  const { at } = scope;
  const name = String((property as jsep.Identifier).name);
  if (optional) throw new ExpressionMistake('?. before a method is not supported', at);
  if (!Object.hasOwn(methods, name))
    throw unknownName('method', name, { known: Object.keys(methods), at });
  const args = [object, ...nodes].map((node) => compileNode(node, scope));
  return choose(methods[name], { name, at, args });
}

function compileArray({ elements }: jsep.ArrayExpression, scope: NameScope): Compiled {
  const { at } = scope;
  const parts = elements.map((element) => {
    if (element === null) throw new ExpressionMistake('list has a hole, expected a value', at);
    return compileNode(element, scope);
  });
  const types = parts.map(({ type }) => type);
  return fold({
    type: { list: types.length === 0 ? 'any' : types.reduce(eitherType) },
    run: (frame) => parts.map(({ run }) => run(frame)),
    at,
    isConstant: parts.every(({ isConstant }) => isConstant),
  });
}

function compileMap(
  { entries }: { readonly entries: readonly Node[] },
  scope: NameScope,
): Compiled {
  const parts = entries.map(
    ({ key, value }) => [String(key), compileNode(value as Node, scope)] as const,
  );
  return fold({
    type: 'any',
    run: (frame) => Object.fromEntries(parts.map(([key, { run }]) => [key, run(frame)])),
    at: scope.at,
    isConstant: parts.every(([, { isConstant }]) => isConstant),
  });
}

function compileChoice(node: jsep.ConditionalExpression, scope: NameScope): Compiled {
  const test = demand(compileNode(node.test, scope), 'bool', 'condition');
  const [one, other] = [compileNode(node.consequent, scope), compileNode(node.alternate, scope)];
  return {
    type: eitherType(one.type, other.type),
    run: (frame) => (test(frame) === true ? one.run(frame) : other.run(frame)),
    at: scope.at,
    isConstant: false,
  };
}

function compileOperator(node: jsep.BinaryExpression, scope: NameScope): Compiled {
  const { operator } = node;
  const [left, right] = [node.left as Node, node.right as Node];
  if (operator === '|') {
    if (right.type !== 'CallExpression')
      throw new ExpressionMistake(
        'right of | is no call, expected a function',
        right.at ?? scope.at,
      );
    return compileCall(right as jsep.CallExpression, scope, [left]);
  }
  // A sign binds weaker than a power: -2 ** 2 is -4.
  const isPower = operator === '**' || operator === '^';
  if (isPower && left.type === 'UnaryExpression' && left.operator === '-' && !left.isGrouped) {
    const power = { ...node, left: left.argument as Node };
    return compileUnary('-', compileNode(power as unknown as Node, scope));
  }
  return compileBinary(operator, compileNode(left, scope), compileNode(right, scope));
}
