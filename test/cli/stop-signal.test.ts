import { expect, test } from 'vitest';
import { listenForStop } from '../../src/cli/stop-signal.ts';
import { createRecordingTerminal } from './recording-terminal.ts';

function listen() {
  let ms = 0;
  const terminal = createRecordingTerminal();
  const stop = listenForStop(terminal, { now: () => ms, monotonic: () => ms });
  const pass = (by: number) => {
    ms += by;
  };
  return { terminal, stop, pass };
}

test('while starting, a signal ends the process at once', () => {
  const { terminal } = listen();
  terminal.stop('SIGTERM');
  expect(terminal.exits).toEqual([143]);
});

test('while serving, the first signal is heard and a later one ends the process at once', async () => {
  const { terminal, stop, pass } = listen();
  stop.arm();
  terminal.stop('SIGTERM');
  expect(await stop.heard).toBe('SIGTERM');
  expect(terminal.exits).toEqual([]);
  pass(1000);
  terminal.stop('SIGINT');
  expect(terminal.exits).toEqual([130]);
});

test('a signal that comes twice, from the terminal and from npm, is one', () => {
  const { terminal, stop, pass } = listen();
  stop.arm();
  terminal.stop('SIGINT');
  pass(5);
  terminal.stop('SIGINT');
  expect(terminal.exits).toEqual([]);
});

test('a released listener hears nothing', () => {
  const { terminal, stop } = listen();
  stop.release();
  terminal.stop('SIGINT');
  expect(terminal.exits).toEqual([]);
});
