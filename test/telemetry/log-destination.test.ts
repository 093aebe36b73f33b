import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { openLogDestination } from '../../src/telemetry/log-destination.ts';

const folder = mkdtempSync(join(tmpdir(), 'sightline-log-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const newFile = () => join(folder, `${files++}.log`);

function open(target: number | string) {
  const lost: number[] = [];
  return { destination: openLogDestination({ target, onLost: (lines) => lost.push(lines) }), lost };
}

test('lines arrive whole and in order, written in place or as text', async () => {
  const file = newFile();
  const { destination, lost } = open(file);
  const expected: string[] = [];
  for (let i = 0; i < 5000; i++) {
    const line = `${i} ${'é'.repeat(i % 400)}\n`;
    expected.push(line);
    if (i % 2 === 0) destination.write(line);
    else {
      const buffer = destination.room(line.length * 3);
      destination.end(destination.at + buffer.write(line, destination.at));
    }
    if (i % 1000 === 0) await destination.flush();
  }
  await destination.close();
  expect(readFileSync(file, 'utf8')).toBe(expected.join(''));
  expect(lost).toEqual([]);
});

test('a line longer than a batch arrives', async () => {
  const file = newFile();
  const { destination } = open(file);
  const line = `${'x'.repeat(1_000_000)}\n`;
  destination.write('before\n');
  destination.write(line);
  destination.write('after\n');
  await destination.close();
  expect(readFileSync(file, 'utf8')).toBe(`before\n${line}after\n`);
});

test('a file is appended to, and one that cannot be opened is named', async () => {
  const file = newFile();
  for (const line of ['a\n', 'b\n']) {
    const { destination } = open(file);
    destination.write(line);
    await destination.close();
  }
  expect(readFileSync(file, 'utf8')).toBe('a\nb\n');
  expect(() => open(join(folder, 'absent/x.log'))).toThrow(
    expect.objectContaining({ code: 'SL_CONFIG_INVALID' }),
  );
});

test('lines after the close are told, and written nowhere', async () => {
  const file = newFile();
  const { destination, lost } = open(file);
  await destination.close();
  destination.write('late\n');
  await destination.flush();
  expect(lost).toEqual([1]);
  expect(readFileSync(file, 'utf8')).toBe('');
});

test.skipIf(!existsSync('/dev/full'))('lines that a full disk never takes are told', async () => {
  const { destination, lost } = open('/dev/full');
  for (let i = 0; i < 3; i++) destination.write('line\n');
  await destination.flush();
  destination.write('line\n');
  await destination.flush();
  expect(lost).toEqual([]);
  await destination.close();
  expect(lost).toEqual([4]);
});

test.skipIf(!existsSync('/dev/full'))('a full disk holds back 4 MB and no more', async () => {
  const { destination, lost } = open('/dev/full');
  const line = `${'x'.repeat(9_999)}\n`;
  for (let i = 0; i < 1000; i++) destination.write(line);
  const droppedFirst = lost.reduce((sum, lines) => sum + lines, 0);
  expect(droppedFirst).toBeGreaterThan(560);
  expect(droppedFirst).toBeLessThan(600);
  await destination.close();
  expect(lost.reduce((sum, lines) => sum + lines, 0)).toBe(1000);
});

const module = new URL('../../src/telemetry/log-destination.ts', import.meta.url).href;

function program(body: string): string[] {
  return [
    '--input-type=module',
    '--eval',
    `import { openLogDestination } from '${module}'; ${body}`,
  ];
}

test('what is gathered when the process exits is written', async () => {
  const file = newFile();
  const body = `
    const destination = openLogDestination({ target: '${file}', onLost() {} });
    for (let i = 0; i < 100; i++) destination.write(i + '\\n');
    setImmediate(() => { destination.write('last\\n'); process.exit(3); });`;
  await promisify(execFile)(process.execPath, program(body)).catch(() => {});
  expect(readFileSync(file, 'utf8').split('\n').slice(-2)).toEqual(['last', '']);
});

test('a pipe whose reader has gone loses lines and nothing else', async () => {
  const body = `
    let lost = 0;
    const destination = openLogDestination({ target: 1, onLost: (lines) => { lost += lines; } });
    process.stdin.once('data', async () => {
      for (let i = 0; i < 3; i++) { destination.write('line\\n'); await destination.flush(); }
      await destination.close();
      process.stderr.write(String(lost), () => process.exit(0));
    });
    process.stderr.write('ready ');`;
  const child = spawn(process.execPath, program(body));
  child.stdout.destroy();
  let told = '';
  child.stderr.on('data', (chunk: Buffer) => {
    if (told === '') child.stdin.write('go');
    told += chunk.toString();
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect({ code, told }).toEqual({ code: 0, told: 'ready 3' });
});
