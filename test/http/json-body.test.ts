import { expect, test } from 'vitest';
import { parseJson } from '../../src/http/json-body.ts';
import { thrownBy } from './thrown-by.ts';

const positions: readonly [text: string, message: string][] = [
  ['', 'body is not JSON: empty, expected a value'],
  [' \n ', 'body is not JSON: empty, expected a value'],
  ['abc', 'body is not JSON: unexpected token at position 0 (line 1 column 1)'],
  [
    '{"a":1,}',
    'body is not JSON: expected double-quoted property name at position 7 (line 1 column 8)',
  ],
  [
    '{\n "a" 1}',
    "body is not JSON: expected ':' after property name at position 7 (line 2 column 6)",
  ],
  ['{"a":tru}', 'body is not JSON: unexpected token at position 5 (line 1 column 6)'],
  ['[1,,2]', 'body is not JSON: unexpected token at position 3 (line 1 column 4)'],
  ['[1,\n ]', 'body is not JSON: unexpected token at position 5 (line 2 column 2)'],
  ['{"a":}', 'body is not JSON: unexpected token at position 5 (line 1 column 6)'],
  [
    '{"a": [], "b\\"c": nul}',
    'body is not JSON: unexpected token at position 18 (line 1 column 19)',
  ],
  ['{"a":', 'body is not JSON: unexpected end at position 5 (line 1 column 6)'],
  [
    '[1] 2',
    'body is not JSON: unexpected non-whitespace character after JSON at position 4 (line 1 column 5)',
  ],
];

test.each(positions)('malformed JSON %j is refused with its position', (text, message) => {
  expect(thrownBy(() => parseJson(Buffer.from(text)))).toMatchObject({
    code: 'SL_REQUEST_MALFORMED',
    message,
  });
});

test('looking for the position of a mistake is bounded', () => {
  const text = `[${'1,'.repeat(500_000)},]`;
  const startedAt = performance.now();
  expect(thrownBy(() => parseJson(Buffer.from(text)))).toMatchObject({
    message: 'body is not JSON: unexpected token after position 200000',
  });
  expect(performance.now() - startedAt).toBeLessThan(500);
});

test('a message never repeats what was sent', () => {
  const error = thrownBy(() => parseJson(Buffer.from('{"password": hunter2}'))) as Error;
  expect(error.message).not.toContain('hunter2');
});

test('bytes that are not UTF-8 are refused', () => {
  for (const bytes of [
    [0x22, 0xff, 0x22],
    [0x22, 0xc3, 0x28, 0x22],
    [0x22, 0xed, 0xa0, 0x80, 0x22],
  ]) {
    expect(thrownBy(() => parseJson(Uint8Array.from(bytes)))).toMatchObject({
      code: 'SL_REQUEST_MALFORMED',
      message: 'body is not UTF-8',
    });
  }
});

test('a byte order mark is not part of the text', () => {
  expect(parseJson(Buffer.from('\ufeff{"a":1}'))).toEqual({ a: 1 });
});
