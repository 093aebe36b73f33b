import type { Clock } from '../domain/clock.ts';
import type { StartProgress } from '../open-gateway.ts';
import { createProgress } from './progress.ts';
import type { Terminal } from './terminal.ts';

/** Shows how far a start is: importing and training; loading is too quick to be shown. */
export function createStartProgress(
  terminal: Terminal,
  clock: Clock,
): { update(progress: StartProgress): void; end(): void } {
  const progress = createProgress(terminal, clock);
  return {
    update: ({ phase, name, done, note }) => {
      if (phase === 'import') progress.update('importing data', done, `${note} (${name})`);
      if (phase === 'train') progress.update(`training ${name}`, done, note);
    },
    end: () => progress.end(),
  };
}
