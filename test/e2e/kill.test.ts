import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openSqliteStore } from '../../src/stores/sqlite.ts';
import type { Store } from '../../src/stores/store.ts';

const rounds = 20;
/** Numbers of one round begin here times the round. */
const stride = 10_000_000;

/** Runs a writer and kills it; answers the numbers of the events it was told are kept. */
async function writeUntilKilled(folder: string, start: number, lifeMs: number): Promise<number[]> {
  const script = join(import.meta.dirname, 'kill-writer.ts');
  const child = spawn(process.execPath, [script, folder, String(start)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  const acknowledged: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'ready') void wait(lifeMs).then(() => child.kill('SIGKILL'));
    const [first, count] = line.split(' ').map(Number);
    // The last line may have been cut by the kill.
    for (let e = 0; e < (count || 0); e++) acknowledged.push(first + e);
  }
  expect(await exit).toEqual([null, 'SIGKILL']);
  return acknowledged;
}

/** How often each number is kept among the last events. */
async function keptTimes(store: Store, last: number): Promise<Map<number, number>> {
  const kept = new Map<number, number>();
  let after: string | undefined;
  do {
    const { rows, next } = await store.scanFeedback({ after, last, limit: 10_000 });
    for (const { atMs } of rows) kept.set(atMs, (kept.get(atMs) ?? 0) + 1);
    after = next;
  } while (after !== undefined);
  return kept;
}

test('every acknowledged event is there exactly once after kill -9, 20 times', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-kill-'));
  let before = 0;
  let acknowledgedInAll = 0;
  try {
    for (let round = 0; round < rounds; round++) {
      // Any moment: when opening has just ended, amid a fold, amid a lap of the journal.
      const acknowledged = await writeUntilKilled(folder, round * stride, Math.random() * 400);
      const store = await openSqliteStore({ folder });
      const { feedback } = await store.counts();
      const kept = await keptTimes(store, feedback - before);
      await store.close();
      expect(acknowledged.filter((n) => kept.get(n) !== 1)).toEqual([]);
      expect([...kept.values()].filter((times) => times !== 1)).toEqual([]);
      before = feedback;
      acknowledgedInAll += acknowledged.length;
    }
    expect(acknowledgedInAll).toBeGreaterThan(1000);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);
