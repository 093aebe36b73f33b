import { expect, test } from 'vitest';
import { createProgress } from '../../src/cli/progress.ts';
import { createRecordingTerminal } from './recording-terminal.ts';

function createClock() {
  let ms = 0;
  return {
    clock: { now: () => ms, monotonic: () => ms },
    pass: (by: number) => {
      ms += by;
    },
  };
}

test('away from a screen there is a line at the beginning, at each tenth and at the end', () => {
  const terminal = createRecordingTerminal();
  const { clock, pass } = createClock();
  const progress = createProgress(terminal, clock);
  for (let i = 0; i <= 1000; i += 1) {
    progress.update('item2vec', i / 1000, `epoch ${Math.floor(i / 100)}`);
    pass(10);
  }
  const lines = terminal.written.err.trimEnd().split('\n');
  expect(lines).toHaveLength(11);
  expect(lines[0]).toBe('item2vec   0 % 0.0 s epoch 0');
  expect(lines.at(-1)).toBe('item2vec 100 % 10.0 s epoch 10');
});

test('on a screen one line is drawn over and over, ten times a second at most', () => {
  const terminal = createRecordingTerminal({ isTty: true });
  const { clock, pass } = createClock();
  const progress = createProgress(terminal, clock);
  for (let i = 0; i <= 1000; i += 1) {
    progress.update('item2vec', i / 1000, 'training');
    pass(1);
  }
  const { err } = terminal.written;
  expect(err.split('\r').length - 1).toBeLessThanOrEqual(12);
  expect(err.split('\n')).toHaveLength(2);
  expect(err).toContain(`[${'#'.repeat(24)}] 100 %`);
});

test('a bar never goes past the edge of the screen', () => {
  const terminal = createRecordingTerminal({ isTty: true });
  const progress = createProgress(terminal, createClock().clock);
  progress.update('item2vec', 0.5, 'x'.repeat(500));
  const [, drawn] = terminal.written.err.split('\r');
  expect(drawn.replace('\u001b[K', '').length).toBe(79);
});

test('a new name begins a new bar on a new line', () => {
  const terminal = createRecordingTerminal({ isTty: true });
  const progress = createProgress(terminal, createClock().clock);
  progress.update('import', 0.5, '');
  progress.update('popular', 1, '');
  expect(terminal.written.err).toMatch(/import.*\n\rpopular.*\n$/);
});

test('an end that is told twice is written once, and bad shares are clamped', () => {
  const terminal = createRecordingTerminal();
  const progress = createProgress(terminal, createClock().clock);
  progress.update('import', -1, '');
  progress.update('import', 7, '');
  progress.update('import', 1, '');
  expect(terminal.written.err).toBe('import   0 % 0.0 s\nimport 100 % 0.0 s\n');
});
