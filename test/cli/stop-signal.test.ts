import { expect, test } from 'vitest';
import { listenForStop } from '../../src/cli/stop-signal.ts';
import { createRecordingTerminal } from './recording-terminal.ts';

test('while starting, a signal ends the process at once', () => {
  const terminal = createRecordingTerminal();
  listenForStop(terminal);
  terminal.stop('SIGTERM');
  expect(terminal.exits).toEqual([143]);
});

test('while serving, the first signal is heard and the second ends the process at once', async () => {
  const terminal = createRecordingTerminal();
  const stop = listenForStop(terminal);
  stop.arm();
  terminal.stop('SIGTERM');
  expect(await stop.heard).toBe('SIGTERM');
  expect(terminal.exits).toEqual([]);
  terminal.stop('SIGINT');
  expect(terminal.exits).toEqual([130]);
});

test('a released listener hears nothing', () => {
  const terminal = createRecordingTerminal();
  listenForStop(terminal).release();
  terminal.stop('SIGINT');
  expect(terminal.exits).toEqual([]);
});
