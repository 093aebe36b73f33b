import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteStore } from '../../src/stores/sqlite.ts';
import { click, item } from '../contracts/rows.ts';

/** Fills the small disk that the folder is on, and prints what the store said before, then and after. */
const [folder] = process.argv.slice(2);
const report: Record<string, unknown> = {};
const code = (error: { code?: string }) => error.code;

const store = await openSqliteStore({ folder: join(folder, 'data'), journalBytes: 128 << 10 });
await store.mset('items', [item('a', { text: 'before' })]);
const filler = join(folder, 'filler');
try {
  for (;;) writeFileSync(filler, Buffer.alloc(4096), { flag: 'a' });
} catch (error) {
  report.filler = code(error as Error & { code?: string });
}
report.set = await store.mset('items', [item('b', { text: 'x'.repeat(50_000) })]).catch(code);
// The journal has its space already: events are still taken, until they cannot be folded any more.
report.event = (await store.appendFeedback([click('while full')])).accepted;
report.read = (await store.mget('items', ['a', 'b'])).map(({ state }) => state);
rmSync(filler);
await store.mset('items', [item('c', { text: 'x'.repeat(50_000) })]);
report.after = await store.counts();
await store.close();
const again = await openSqliteStore({ folder: join(folder, 'data') });
report.reopened = await again.counts();
await again.close();
console.log(JSON.stringify(report));
