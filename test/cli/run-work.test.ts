import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { openServer } from '../../src/cli/open-server.ts';
import { readConfig } from '../../src/config.ts';
import { createRecordingTerminal } from './recording-terminal.ts';
import { createTinyShop, type TinyShop } from './tiny-shop.ts';

interface Line {
  readonly id?: string | number | null;
  readonly items?: readonly { id: string }[];
  readonly error?: { code: string; message: string };
}

let shop: TinyShop;

beforeAll(async () => {
  shop = createTinyShop();
  expect(await main(['train', '--config', shop.config], createRecordingTerminal())).toBe(0);
});

afterAll(() => shop.remove());

const place = (name: string) => join(shop.folder, name);
const linesOf = (path: string): Line[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

/** Requests of different sessions, with their number as id. */
const requests = (count: number) =>
  Array.from({ length: count }, (_, i) => `{"id":${i},"session":"walk-${i % 120}","n":3}\n`).join(
    '',
  );

async function run(input: string, ...words: string[]) {
  writeFileSync(place('in.jsonl'), input);
  const terminal = createRecordingTerminal();
  const files = ['--input', place('in.jsonl'), '--output', place('out.jsonl'), '--workers', '1'];
  const code = await main(
    ['run-work', 'session', '--config', shop.config, ...files, ...words],
    terminal,
  );
  return { code, ...terminal.written };
}

const withoutIds = ({ id, request_id, trace_id, ...rest }: Record<string, unknown>) => rest;

test('answers are those of the endpoint, in the order of the lines, while a gateway has the data open', async () => {
  const server = await openServer({
    config: readConfig(shop.config, {
      SIGHTLINE_REQUEST_LOG: 'none',
      SIGHTLINE_LOG_LEVEL: 'error',
    }),
    environment: {},
    onProgress: () => {},
  });
  try {
    const input = requests(200);
    expect((await run(input, '--workers', '2')).code).toBe(0);
    const answers = linesOf(place('out.jsonl'));
    expect(answers.map(({ id }) => id)).toEqual(Array.from({ length: 200 }, (_, i) => i));
    for (const i of [0, 77, 199]) {
      const { id, ...body } = JSON.parse(input.split('\n')[i]);
      const asked = await fetch(`${server.query.url}/v1/recommend/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      const direct = (await asked.json()) as Record<string, unknown>;
      expect(withoutIds(answers[i] as Record<string, unknown>)).toEqual(withoutIds(direct));
    }
  } finally {
    await server.close();
  }
});

test('a line that cannot be used becomes an error at its place, and blank lines are nothing', async () => {
  const input = [
    '{"id":"a","n":2}',
    '',
    '{"id":"b","n":0}',
    '{"n":1',
    ' \r',
    '{"id":{},"n":1}',
    '[]',
    '{"id":"c","colour":"red"}\r',
    `{"id":"d","query":"${'x'.repeat(2_000_000)}"}`,
    '\u00ff{"n":1}',
    '{"n":1}',
  ].join('\n');
  const { code, out } = await run(input, '--json');
  expect(code).toBe(0);
  const lines = linesOf(place('out.jsonl'));
  expect(lines.map(({ id, error }) => [id, error?.code])).toEqual([
    ['a', undefined],
    ['b', 'SL_REQUEST_INVALID'],
    [null, 'SL_REQUEST_MALFORMED'],
    [null, 'SL_REQUEST_INVALID'],
    [null, 'SL_REQUEST_INVALID'],
    ['c', 'SL_REQUEST_INVALID'],
    [null, 'SL_REQUEST_TOO_LARGE'],
    [null, 'SL_REQUEST_MALFORMED'],
    [undefined, undefined],
  ]);
  expect(lines[1].error?.message).toMatch(/^n /);
  expect(JSON.parse(out)).toMatchObject({
    lines: 9,
    answered: 2,
    refused: 7,
    outcomes: { ok: 2 },
    strategies: { walk: 2 },
    fallback_reasons: { none: 2 },
    errors: { SL_REQUEST_INVALID: 4, SL_REQUEST_MALFORMED: 2, SL_REQUEST_TOO_LARGE: 1 },
  });
});

test('the exit code says when nothing could be answered, and with --strict when anything was refused', async () => {
  expect((await run('{"n":1}\n{"n":0}\n')).code).toBe(0);
  expect((await run('{"n":1}\n{"n":0}\n', '--strict')).code).toBe(1);
  expect((await run('{"n":1}\n', '--strict')).code).toBe(0);
  expect((await run('{"n":0}\n')).code).toBe(1);
  expect((await run('')).code).toBe(0);
  expect(readFileSync(place('out.jsonl'), 'utf8')).toBe('');
});

test('a run goes on behind the whole lines of its output, and a cut line is made again', async () => {
  expect((await run(requests(150))).code).toBe(0);
  const whole = readFileSync(place('out.jsonl'), 'utf8').split('\n');
  writeFileSync(
    place('out.jsonl'),
    `${whole.slice(0, 100).join('\n')}\n${whole[100].slice(0, 40)}`,
  );
  const { code, out } = await run(requests(150), '--resume', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ resumed: 100, lines: 50 });
  const resumed = readFileSync(place('out.jsonl'), 'utf8').split('\n');
  expect(resumed.slice(0, 100)).toEqual(whole.slice(0, 100));
  expect(linesOf(place('out.jsonl')).map(({ id }) => id)).toEqual(
    Array.from({ length: 150 }, (_, i) => i),
  );
  const again = await run(requests(150), '--resume', '--json');
  expect(JSON.parse(again.out)).toMatchObject({ resumed: 150, lines: 0 });
});

test('nothing of the data is changed by a run', async () => {
  const files = ['data/data.db', 'data/feedback.journal'].map(place);
  const before = files.map((file) => readFileSync(file));
  await run(requests(10));
  for (const [i, file] of files.entries()) expect(readFileSync(file).equals(before[i])).toBe(true);
});

test('packed input is unpacked, and the metrics and log lines of all workers are written', async () => {
  const packed = place('in.jsonl.gz');
  writeFileSync(packed, gzipSync(requests(300)));
  const extra = ['--workers', '2', '--metrics', place('metrics.txt'), '--log', place('log.jsonl')];
  expect((await run('', '--input', packed, ...extra)).code).toBe(0);
  expect(linesOf(place('out.jsonl'))).toHaveLength(300);
  const counted = readFileSync(place('metrics.txt'), 'utf8').matchAll(
    /^sightline_request_duration_seconds_count\{[^}]*\} (\d+)$/gm,
  );
  expect([...counted].reduce((sum, [, times]) => sum + Number(times), 0)).toBe(300);
  const logged = readFileSync(place('log.jsonl'), 'utf8').match(/"msg":"request"/g);
  expect(logged).toHaveLength(300);
});

test('what was mistyped is told before the output is touched', async () => {
  appendFileSync(place('out.jsonl'), 'kept');
  const typo = await run('', '--input', place('missing.jsonl'));
  expect(typo).toMatchObject({
    code: 1,
    err: expect.stringContaining('missing.jsonl cannot be opened'),
  });
  expect((await run('', '--workers', '0')).err).toContain('whole number from 1 to 256');
  const terminal = createRecordingTerminal();
  expect(await main(['run-work', 'sesion', '--config', shop.config], terminal)).toBe(2);
  expect(terminal.written.err).toContain('did you mean session');
  expect(terminal.written.err).toContain('needs --output FILE');
  expect(readFileSync(place('out.jsonl'), 'utf8')).toMatch(/kept$/);
});

test('an output that cannot be written ends the run with its reason', async () => {
  const { code, err } = await run(requests(1), '--output', join(place('nowhere'), 'out.jsonl'));
  expect(code).toBe(1);
  expect(err).toContain('SL_DATA_INVALID');
  expect(existsSync(place('nowhere'))).toBe(false);
});

test('requests are read from standard input, and answers come while it is open', async () => {
  const program = join(import.meta.dirname, '../../src/cli/main.ts');
  const output = place('piped.jsonl');
  const words = ['run-work', 'session', '--config', shop.config, '--output', output];
  const child = spawn(process.execPath, [program, ...words, '--workers', '1'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = once(child, 'exit');
  child.stdin.write(requests(3));
  while (!existsSync(output) || linesOf(output).length < 3) {
    expect(child.exitCode).toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill('SIGTERM');
  expect(await ended).toEqual([1, null]);
  expect(linesOf(output).map(({ id }) => id)).toEqual([0, 1, 2]);
}, 20_000);

test('a damaged data folder and a missing model are told; the first ends the run, the second does not', async () => {
  const other = createTinyShop();
  try {
    const output = join(other.folder, 'out.jsonl');
    const ask = async () => {
      const files = ['--input', place('in.jsonl'), '--output', output, '--workers', '2'];
      const terminal = createRecordingTerminal();
      writeFileSync(place('in.jsonl'), requests(1));
      const code = await main(
        ['run-work', 'session', '--config', other.config, ...files],
        terminal,
      );
      return { code, err: terminal.written.err };
    };
    mkdirSync(join(other.folder, 'data'));
    writeFileSync(join(other.folder, 'data/data.db'), 'x'.repeat(5000));
    expect(await ask()).toMatchObject({
      code: 1,
      err: expect.stringContaining('SL_STORE_CORRUPT'),
    });
    expect(existsSync(output)).toBe(false);
    rmSync(join(other.folder, 'data'), { recursive: true });
    const words = ['train', 'popular', '--config', other.config];
    expect(await main(words, createRecordingTerminal())).toBe(0);
    const left = 'models not trained, so left out: markov-1';
    expect(await ask()).toMatchObject({ code: 0, err: expect.stringContaining(left) });
    expect(linesOf(output)[0].items).toHaveLength(3);
  } finally {
    other.remove();
  }
});

test('a first run imports the data set and trains; a memory store is filled from the data set by each worker', async () => {
  const other = createTinyShop({ store: 'memory' });
  try {
    const output = join(other.folder, 'out.jsonl');
    writeFileSync(join(other.folder, 'in.jsonl'), requests(10));
    const files = ['--input', join(other.folder, 'in.jsonl'), '--output', output];
    const words = ['run-work', 'session', '--config', other.config, ...files, '--workers', '2'];
    expect(await main(words, createRecordingTerminal())).toBe(0);
    expect(linesOf(output).every(({ items }) => items?.length === 3)).toBe(true);
  } finally {
    other.remove();
  }
});

test('what stands in a global table holds for every worker', async () => {
  const config = readFileSync(shop.config, 'utf8');
  const blocked = ['item-1', 'item-2', 'item-3'];
  writeFileSync(place('blocked.txt'), blocked.map((id) => `${id}\n`).join(''));
  const filter = '{ algorithm: block-list, options: { table: blocked } }';
  const table = `tables: { blocked: { kind: set, file: ${place('blocked.txt')} } }`;
  writeFileSync(
    shop.config,
    `${config.replace('use: [hidden', `use: [${filter}, hidden`)}\n${table}\n`,
  );
  try {
    expect((await run(requests(60), '--workers', '2')).code).toBe(0);
    const served = linesOf(place('out.jsonl')).flatMap(({ items }) => items as { id: string }[]);
    expect(served.length).toBe(180);
    expect(served.filter(({ id }) => blocked.includes(id))).toEqual([]);
  } finally {
    writeFileSync(shop.config, config);
  }
});
