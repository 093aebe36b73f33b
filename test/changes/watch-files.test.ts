import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { watchFiles } from '../../src/changes/watch-files.ts';
import type { Schedule } from '../../src/domain/schedule.ts';

/** A folder that is watched, with a look for every call of `look`. */
async function watchFolder({ files = ['a'], onChange = async () => {} } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'watched-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const at = (name: string) => join(folder, name);
  const seen = { calls: 0, delayMs: 0, waits: false };
  const listed = [...files];
  let next = Promise.withResolvers<() => void>();
  const schedule: Schedule = (delayMs, run) => {
    Object.assign(seen, { delayMs, waits: true });
    next.resolve(run);
    return () => {
      seen.waits = false;
    };
  };
  const start = () =>
    watchFiles({
      files: () => listed.map(at),
      everySeconds: 2,
      schedule,
      onChange() {
        seen.calls += 1;
        return onChange();
      },
    });
  const write = (name: string, text: string) => writeFileSync(at(name), text);
  write('a', 'one');
  const watch = start();
  await next.promise;
  /** Takes the looks that are due, one after the other, and resolves when the last is done. */
  const look = async (times = 1) => {
    for (let i = 0; i < times; i++) {
      const run = await next.promise;
      next = Promise.withResolvers();
      run();
      await next.promise;
    }
    return seen.calls;
  };
  return { at, seen, listed, write, look, watch };
}

test('files that stay as they are call nobody', async () => {
  const { look, seen } = await watchFolder();
  expect(await look(5)).toBe(0);
  expect(seen.delayMs).toBe(2000);
});

test('a file that is written in several steps leads to one call, after the last of them', async () => {
  const { look, write } = await watchFolder();
  write('a', 'half');
  expect(await look()).toBe(0);
  write('a', 'half and the rest');
  expect(await look()).toBe(0);
  expect(await look()).toBe(1);
  expect(await look(3)).toBe(1);
});

test('several files that change together lead to one call', async () => {
  const { look, write } = await watchFolder({ files: ['a', 'b'] });
  write('a', 'two');
  expect(await look()).toBe(0);
  write('b', 'two');
  expect(await look(4)).toBe(1);
});

test('a change that is taken back before it is acted on calls nobody', async () => {
  const { look, at } = await watchFolder();
  renameSync(at('a'), at('elsewhere'));
  expect(await look()).toBe(0);
  renameSync(at('elsewhere'), at('a'));
  expect(await look(3)).toBe(0);
});

test('a file that is missing is told when it comes, and when it goes again', async () => {
  const { look, write, at } = await watchFolder({ files: ['a', 'later'] });
  expect(await look(2)).toBe(0);
  write('later', 'here');
  expect(await look(2)).toBe(1);
  rmSync(at('later'));
  expect(await look(2)).toBe(2);
});

test('a link that is swapped to another file is a change, as mounted configurations are', async () => {
  const { look, write, at } = await watchFolder({ files: ['link'] });
  write('b', 'one');
  symlinkSync(at('a'), at('link'));
  expect(await look(2)).toBe(1);
  symlinkSync(at('b'), at('new'));
  renameSync(at('new'), at('link'));
  expect(await look(2)).toBe(2);
});

test('a file that joins the list is looked at from then on', async () => {
  const { look, write, listed } = await watchFolder();
  write('b', 'one');
  expect(await look(2)).toBe(0);
  listed.push('b');
  expect(await look(2)).toBe(1);
  write('b', 'another');
  expect(await look(2)).toBe(2);
});

test('a callback that fails is called again with the next change', async () => {
  const { look, write } = await watchFolder({ onChange: () => Promise.reject(new Error('no')) });
  write('a', 'two');
  expect(await look(4)).toBe(1);
  write('a', 'three');
  expect(await look(2)).toBe(2);
});

test('what changes during a callback is told after it', async () => {
  const { look, write } = await watchFolder({
    onChange: async () => write('a', 'changed meanwhile'),
  });
  write('a', 'two');
  expect(await look(2)).toBe(1);
  expect(await look(2)).toBe(2);
});

test('who has closed it is not called any more', async () => {
  const { seen, write, watch } = await watchFolder();
  write('a', 'two');
  watch.close();
  expect(seen).toMatchObject({ waits: false, calls: 0 });
});

test('who closes it while a callback runs is not called after it', async () => {
  const begun = Promise.withResolvers<void>();
  const ending = Promise.withResolvers<void>();
  const { seen, write, watch, look } = await watchFolder({
    onChange: () => {
      begun.resolve();
      return ending.promise;
    },
  });
  write('a', 'two');
  await look();
  seen.waits = false;
  void look();
  await begun.promise;
  watch.close();
  ending.resolve();
  await ending.promise;
  // What comes after the callback comes within one turn of the loop.
  await new Promise(setImmediate);
  expect(seen).toMatchObject({ waits: false, calls: 1 });
});

test('who cannot act now is called with every look until it can', async () => {
  const answers = [false, false, true];
  const { look, write } = await watchFolder({ onChange: async () => answers.shift() as never });
  write('a', 'two');
  expect(await look(2)).toBe(1);
  expect(await look(5)).toBe(3);
});

test('a file that changes right after the start, before the first look is done, is noticed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'watched-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'a');
  writeFileSync(file, 'one');
  const changed = Promise.withResolvers<void>();
  const watch = watchFiles({
    files: () => [file],
    everySeconds: 2,
    schedule: (_, run) => {
      setImmediate(run);
      return () => {};
    },
    onChange: async () => changed.resolve(),
  });
  writeFileSync(file, 'another');
  await changed.promise;
  watch.close();
});
