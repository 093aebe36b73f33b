import type { Clock } from '../domain/clock.ts';
import type { StartProgress } from '../gateway.ts';
import { createProgress } from './progress.ts';
import type { Terminal } from './terminal.ts';

const verbs = { import: 'importing', load: 'loading', train: 'training' } as const;

/** Shows how far a start is: importing, loading, training. Loading is quick, so it is told only when it took time. */
export function createStartProgress(
  terminal: Terminal,
  clock: Clock,
): { update(progress: StartProgress): void; end(): void } {
  const progress = createProgress(terminal, clock);
  return {
    update: ({ phase, name, done, note }) => {
      if (phase !== 'load') progress.update(`${verbs[phase]} ${name}`, done, note);
    },
    end: () => progress.end(),
  };
}
