import type { Clock } from '../domain/clock.ts';
import type { Terminal } from './terminal.ts';

/** Shows how far something long is. */
export interface Progress {
  /** `done` is 0 to 1; a new `name` begins a new bar. */
  update(name: string, done: number, note: string): void;
  /** Ends the bar that is drawn, so that other text can follow. */
  end(): void;
}

const barWidth = 24;
const redrawMs = 100;

/**
 * Draws a bar on a screen; elsewhere writes a line at the beginning, at each tenth and at the end.
 *
 * @example
 * // item2vec   [############............]  50 %  3.1 s  epoch 5 of 10
 */
export function createProgress(terminal: Terminal, clock: Clock): Progress {
  let name = '';
  let finished = '';
  let startedMs = 0;
  let drawnMs = Number.NEGATIVE_INFINITY;
  let tenth = -1;
  let open = false;

  const begin = (next: string) => {
    end();
    name = next;
    startedMs = clock.monotonic();
    drawnMs = Number.NEGATIVE_INFINITY;
    tenth = -1;
    finished = '';
  };
  const end = () => {
    if (open) terminal.err('\n');
    open = false;
    name = '';
  };
  const draw = (done: number, note: string, seconds: number) => {
    const filled = Math.round(done * barWidth);
    const bar = `${'#'.repeat(filled)}${'.'.repeat(barWidth - filled)}`;
    const line = `${name.padEnd(20)} [${bar}] ${percent(done)}  ${seconds.toFixed(1)} s  ${note}`;
    terminal.err(`\r${line.slice(0, terminal.columns - 1)}\u001b[K`);
    open = true;
  };

  return {
    update(next, share, note) {
      if (next === finished && share >= 1) return;
      if (next !== name) begin(next);
      const done = Math.min(1, Math.max(0, share));
      const nowMs = clock.monotonic();
      const seconds = (nowMs - startedMs) / 1000;
      if (terminal.isTty) {
        if (done < 1 && nowMs - drawnMs < redrawMs) return;
        drawnMs = nowMs;
        draw(done, note, seconds);
      } else if (Math.floor(done * 10) > tenth) {
        tenth = Math.floor(done * 10);
        terminal.err(`${name} ${percent(done)} ${seconds.toFixed(1)} s ${note}`.trimEnd());
        terminal.err('\n');
      }
      if (done < 1) return;
      end();
      finished = next;
    },
    end,
  };
}

function percent(done: number): string {
  return `${String(Math.floor(done * 100)).padStart(3)} %`;
}
