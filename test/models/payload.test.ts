import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { PayloadReader, PayloadWriter } from '../../src/models/payload.ts';

test('what was written is read, in its order', () => {
  const property = fc.property(
    fc.array(fc.nat()),
    fc.array(fc.float({ noNaN: true, noDefaultInfinity: true })),
    fc.array(fc.string()),
    fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })),
    (whole, floats, texts, doubles) => {
      const bytes = new PayloadWriter()
        .array(Uint32Array.from(whole))
        .json(texts)
        .array(Float32Array.from(floats))
        .array(Float64Array.from(doubles))
        .count(7)
        .bytes();
      // A frame hands payloads on at any offset.
      const shifted = new Uint8Array(bytes.length + 1);
      shifted.set(bytes, 1);
      const reader = new PayloadReader(shifted.subarray(1));
      expect([...reader.uint32('a')]).toEqual(whole);
      expect(reader.ids('b')).toEqual(texts);
      expect(reader.float32('c')).toEqual(Float32Array.from(floats));
      expect(reader.float64('d')).toEqual(Float64Array.from(doubles));
      expect(reader.count('e')).toBe(7);
      reader.end();
    },
  );
  fc.assert(property, { numRuns: 50 });
});

const wrong: readonly [string, PayloadWriter, (reader: PayloadReader) => unknown][] = [
  ['an array longer than the bytes', new PayloadWriter().count(1e9), (r) => r.uint32('list')],
  [
    'an array of another length',
    new PayloadWriter().array(Uint32Array.of(1, 2)),
    (r) => r.uint32('list', { length: 3 }),
  ],
  [
    'a number beyond its range',
    new PayloadWriter().array(Uint32Array.of(1, 2)),
    (r) => r.uint32('list', { below: 2 }),
  ],
  [
    'row starts that fall',
    new PayloadWriter().array(Uint32Array.of(0, 2, 1)),
    (r) => r.offsets('starts', 2),
  ],
  [
    'row starts that do not begin at 0',
    new PayloadWriter().array(Uint32Array.of(1, 2)),
    (r) => r.offsets('starts', 1),
  ],
  [
    'a value that is no number',
    new PayloadWriter().array(Float32Array.of(1, Number.NaN)),
    (r) => r.float32('list'),
  ],
  ['a list that is not of texts', new PayloadWriter().json([1]), (r) => r.ids('ids')],
  ['text that is not JSON', new PayloadWriter().array(Uint32Array.of(7)), (r) => r.ids('ids')],
  ['options of another shape', new PayloadWriter().json({}), (r) => r.json('o', z.string())],
  ['bytes behind the end', new PayloadWriter().count(1), (r) => r.end()],
];

test.each(wrong)('%s is a corrupt model', (_what, writer, read) => {
  expect(() => read(new PayloadReader(writer.bytes()))).toThrow(
    expect.objectContaining({ code: 'SL_MODEL_CORRUPT' }),
  );
});
