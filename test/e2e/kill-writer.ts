import { writeSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { SightlineError } from '../../src/domain/errors.ts';
import { openSqliteStore } from '../../src/stores/sqlite.ts';

/**
 * Appends numbered events to the data folder it is given, from several loops at once, until it is killed.
 * Prints `first count` of each batch once it is acknowledged.
 */
const [folder, start] = process.argv.slice(2);
const loops = 6;
const batchEvents = 7;
let next = Number(start);

// A journal this small is lapped many times while the test runs.
const store = await openSqliteStore({ folder, journalBytes: 256 << 10 });
say('ready');
await Promise.all(Array.from({ length: loops }, append));

async function append(): Promise<void> {
  for (;;) {
    const first = next;
    next += batchEvents;
    const batch = Array.from({ length: batchEvents }, (_, e) => event(first + e));
    while (!(await accepted(batch))) await turn();
    say(`${first} ${batchEvents}`);
  }
}

/** Writes a line whole, however long the reader takes: a line is short enough for the pipe to take at once. */
function say(line: string): void {
  for (;;) {
    try {
      writeSync(1, `${line}\n`);
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== 'EAGAIN') throw error;
    }
  }
}

async function accepted(batch: readonly ReturnType<typeof event>[]): Promise<boolean> {
  try {
    await store.appendFeedback(batch);
    return true;
  } catch (error) {
    if (error instanceof SightlineError && error.code === 'SL_OVERLOADED') return false;
    throw error;
  }
}

function event(n: number) {
  return { key: `event-${n}`, type: 'click', item: `A${n % 217}`, session: `s${n % 99}`, atMs: n };
}
