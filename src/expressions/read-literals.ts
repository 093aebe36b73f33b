import type jsep from 'jsep';

/** What is read of: the expression and where in it. */
type Scope = jsep.HookScope;

/** A number or a text that stands in an expression. */
export interface LiteralNode<Value> extends jsep.Expression {
  readonly type: 'Literal';
  readonly value: Value & (string | number);
}

const number =
  /0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*)?(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?/y;

/** Reads `42`, `.5`, `1_000`, `1e3`, `0x2A`. */
export function readNumber(scope: Scope): LiteralNode<number> {
  number.lastIndex = scope.index;
  const [text] = number.exec(scope.expr)!;
  scope.index += text.length;
  if (scope.char === '.') scope.throwError('ranges and methods of numbers are not supported');
  if (/\w/.test(scope.char)) scope.throwError(`Unexpected ${scope.char} after a number`);
  return { type: 'Literal', value: Number(text.replaceAll('_', '')) };
}

const escapes: Readonly<Record<string, string>> = {
  ...{ n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v', a: '\u0007' },
  ...{ '\\': '\\', "'": "'", '"': '"' },
};

/** Reads a text in single or double quotes with its escapes, or in backticks as it is. */
export function readText(scope: Scope): LiteralNode<string> {
  const start = scope.index;
  const quote = scope.char;
  scope.index += 1;
  let value = '';
  while (scope.char !== quote) {
    if (scope.char === '') {
      scope.index = start;
      scope.throwError(`Unclosed quote ${quote}`);
    }
    value += quote !== '`' && scope.char === '\\' ? readEscape(scope) : scope.char;
    scope.index += 1;
  }
  scope.index += 1;
  return { type: 'Literal', value };
}

/** Leaves the scope at the last character of the escape. */
function readEscape(scope: Scope): string {
  scope.index += 1;
  const hex = /^(?:u([\da-fA-F]{4})|x([\da-fA-F]{2}))/.exec(
    scope.expr.slice(scope.index, scope.index + 5),
  );
  if (hex !== null) {
    scope.index += hex[0].length - 1;
    return String.fromCharCode(Number.parseInt(hex[1] ?? hex[2], 16));
  }
  if (!Object.hasOwn(escapes, scope.char)) scope.throwError(`Unknown escape \\${scope.char}`);
  return escapes[scope.char];
}
