const token =
  /\s*(?:([[\]{}:,])|"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y;
const space = /\s*/y;
/** Characters looked at, so that a large body cannot buy much time with one small mistake. */
const scanLimit = 200_000;
const opensValue = new Set([undefined, '[', ',', ':']);

/**
 * Says what is wrong with JSON text and where: V8's own words, with the position that it leaves out
 * for some mistakes. Nothing of the text itself is repeated.
 *
 * @example describeJsonError('[1,]', error) // 'unexpected token at position 3 (line 1 column 4)'
 */
export function describeJsonError(text: string, error: Error): string {
  const known = /^(.*?)(?: in JSON)? at position (\d+)/.exec(error.message);
  if (known !== null) return `${lowerFirst(known[1])} ${place(text, Number(known[2]))}`;
  if (text.trim() === '') return 'empty, expected a value';
  const at = findUnexpected(text);
  if (at >= scanLimit) return `unexpected token after position ${scanLimit}`;
  return `unexpected ${at === text.length ? 'end' : 'token'} ${place(text, at)}`;
}

/** The offset of the first token that cannot stand where it stands. */
function findUnexpected(text: string): number {
  let before: string | undefined;
  let from = 0;
  token.lastIndex = 0;
  while (from < scanLimit) {
    const found = token.exec(text);
    if (found === null) break;
    const mark = found[1] ?? 'value';
    const misplaced = ',]}:'.includes(mark) && opensValue.has(before);
    if (misplaced && !(before === '[' && mark === ']')) break;
    before = mark;
    from = token.lastIndex;
  }
  space.lastIndex = from;
  space.test(text);
  return space.lastIndex;
}

function place(text: string, position: number): string {
  const before = text.slice(0, position);
  const line = before.split('\n').length;
  const column = position - before.lastIndexOf('\n');
  return `at position ${position} (line ${line} column ${column})`;
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
