/** An algorithm with its part in a blend. */
export interface Weighted {
  readonly algorithm: string;
  readonly weight: number;
}

/** What a work is made of. */
export interface WorkParts {
  readonly surface: 'user' | 'session' | 'item';
  readonly strategy: string;
  /** Models that bring candidates. */
  readonly retrievers: readonly string[];
  /** Candidates that each of them may bring. */
  readonly limit: number;
  readonly scorers: readonly Weighted[];
  /** Present where seen items come back, with what their scores are multiplied by. */
  readonly replacement?: { readonly positiveDecay: number; readonly readDecay: number } | undefined;
}

/** Algorithms that one stage may have. */
export const maxAlgorithms = 32;

/** A work as it stands in a configuration. */
export function draftWork(parts: WorkParts): Readonly<Record<string, unknown>> {
  const { surface, strategy, retrievers, limit, scorers, replacement } = parts;
  // What comes back must be among the candidates.
  const again = replacement === undefined ? [] : ['recent'];
  const use = [...again, ...retrievers]
    .map((algorithm) => ({ algorithm, limit }))
    .slice(0, maxAlgorithms);
  const seen = replacement === undefined ? ['seen'] : [];
  return {
    surface,
    strategy,
    stages: [
      { stage: 'intent' },
      { stage: 'retrieve', use },
      { stage: 'features', use: ['user', 'history'] },
      { stage: 'score', use: scorers.slice(0, maxAlgorithms) },
      ...(replacement ? [{ stage: 'custom', use: 'replacement', options: replacement }] : []),
      { stage: 'rerank', use: 'score' },
      { stage: 'filter', use: ['hidden', 'expired', ...seen, 'excluded', 'category'] },
    ],
  };
}

/** The models of a work that blends them evenly. */
export const evenly = (models: readonly string[]): Weighted[] =>
  models.map((algorithm) => ({ algorithm, weight: 1 }));
