import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { SightlineError } from '../../src/domain/errors.ts';
import { connectWriter } from '../../src/stores/writer-thread.ts';

/** A thread that runs the given code instead of the writer. */
function connect(code: string) {
  const stuck: string[] = [];
  const worker = new Worker(`const { parentPort } = require('node:worker_threads'); ${code}`, {
    eval: true,
  });
  const sent = new Int32Array(new SharedArrayBuffer(4));
  const writer = connectWriter(
    { worker, folder: 'var/data', sent },
    { onFolded: () => {}, onStuck: (error) => stuck.push(error.code) },
  );
  return { writer, stuck, sent };
}

test('when the thread dies, what was asked and what is asked later fails with the reason', async () => {
  const { writer, stuck, sent } = connect(
    `parentPort.on('message', () => { throw new Error('out of luck') })`,
  );
  writer.assertAlive();
  const dead = {
    code: 'SL_STORE_UNAVAILABLE',
    message: 'writer of data folder var/data has stopped: out of luck',
  };
  const asked = [writer.ask({ kind: 'open' }), writer.ask({ kind: 'fold', to: 1 })];
  for (const call of asked) await expect(call).rejects.toMatchObject(dead);
  await expect(writer.ask({ kind: 'close' })).rejects.toMatchObject(dead);
  expect(() => writer.assertAlive()).toThrow(SightlineError);
  expect(stuck).toContain('SL_STORE_UNAVAILABLE');
  expect(sent[0]).toBe(2);
  await writer.stop();
});

test('a thread that leaves without a word is a dead thread too', async () => {
  const { writer } = connect(`parentPort.on('message', () => process.exit(3))`);
  await expect(writer.ask({ kind: 'open' })).rejects.toThrow('has stopped: exit code 3');
});
