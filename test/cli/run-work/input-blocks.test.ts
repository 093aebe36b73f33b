import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { type InputBlock, readBlocks } from '../../../src/cli/run-work/input-blocks.ts';

const folder = mkdtempSync(join(tmpdir(), 'sightline-input-'));
const path = join(folder, 'in.jsonl');

afterAll(() => rmSync(folder, { recursive: true }));

async function all(source: AsyncIterable<InputBlock>): Promise<InputBlock[]> {
  const blocks: InputBlock[] = [];
  for await (const block of source) blocks.push(block);
  return blocks;
}

async function read(text: string | Buffer, { skip = 0, maxLineBytes = 100 } = {}) {
  writeFileSync(path, text);
  const { signal } = new AbortController();
  const blocks = await all(readBlocks(path, { maxLineBytes, skip, signal }));
  const lines = blocks.flatMap(({ bytes }) => {
    expect(bytes.at(-1)).toBe(10);
    return Buffer.from(bytes).subarray(0, -1).toString().split('\n');
  });
  return { blocks, lines };
}

const line = fc.stringMatching(/^[ -~é]{0,40}$/);

test('the lines of all blocks are the lines of the file that are not blank, behind those passed over', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 300 }),
      fc.nat(20),
      fc.boolean(),
      async (texts, skip, ends) => {
        const { lines, blocks } = await read(texts.join('\n') + (ends ? '\n' : ''), { skip });
        expect(lines).toEqual(texts.filter((text) => text.trim() !== '').slice(skip));
        for (const block of blocks) expect(block.lines).toBeLessThanOrEqual(64);
        expect(blocks.reduce((sum, block) => sum + block.lines, 0)).toBe(lines.length);
      },
    ),
    { numRuns: 60 },
  ));

test('a line that is too long is cut one byte behind the limit, over any number of reads, and the next is whole', async () => {
  const { lines } = await read(`${'x'.repeat(300_000)}\nnext\n${'y'.repeat(101)}`);
  expect(lines).toEqual(['x'.repeat(101), 'next', 'y'.repeat(101)]);
});

test('shares of the input grow to 1', async () => {
  const { blocks } = await read('{"n":1}\n'.repeat(1000));
  const shares = blocks.map(({ share }) => share);
  expect(shares.at(-1)).toBe(1);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(shares[0]).toBeCloseTo(0.064);
});

test('a packed file that is cut off is told', async () => {
  const packed = join(folder, 'in.jsonl.gz');
  writeFileSync(packed, Buffer.from([0x1f, 0x8b, 8, 0]));
  const { signal } = new AbortController();
  const blocks = readBlocks(packed, { maxLineBytes: 10, skip: 0, signal });
  await expect(all(blocks)).rejects.toMatchObject({ code: 'SL_DATA_INVALID' });
});

test('a stop ends the blocks without an error', async () => {
  writeFileSync(path, '{"n":1}\n'.repeat(100_000));
  const stop = new AbortController();
  let blocks = 0;
  for await (const block of readBlocks(path, { maxLineBytes: 10, skip: 0, signal: stop.signal })) {
    blocks += block.lines === 64 ? 1 : 0;
    stop.abort();
  }
  expect(blocks).toBeGreaterThan(0);
  expect(blocks).toBeLessThan(300);
});
