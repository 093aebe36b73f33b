import type { GateReason, TrainingOutcome, TrainingPhase, TrainingTrigger } from './fact-values.ts';

/** The facts of models and of what trains them; see `Facts`. */
export interface ModelFacts {
  'model.loaded': {
    model: string;
    version: string;
    trainedAtMs: number;
    /** What its training saw of the graph, each 0 to 1; undefined for models that learn from none. */
    sampledEdgesRatio: number | undefined;
    coverageRatio: number | undefined;
  };
  /** A model was published whose vectors are not those it replaced. */
  'vectors.compared': {
    model: string;
    version: string;
    /** The one before. */
    replaced: string;
    /** 0 (not at all, but for a rotation) to 1. */
    drift: number;
    /** How many were compared. */
    items: number;
  };
  'model.failed': { model: string; code: string; cause: unknown };
  'training.started': { run: string; trigger: TrainingTrigger; models: number };
  'training.loaded': { users: number; items: number; sessions: number; events: number };
  /** `model` is empty where the phase is of all. */
  'training.phase_ended': { run: string; phase: TrainingPhase; model: string; seconds: number };
  /** A model of a run could not be learnt or kept; the others go on. */
  'training.failed': { run: string; model: string; cause: unknown };
  'training.finished': { model: string; seconds: number; bytes: number };
  'training.ended': {
    run: string;
    trigger: TrainingTrigger;
    outcome: TrainingOutcome;
    seconds: number;
    /** Most memory of the process meanwhile; 0 where it was never looked at. */
    peakBytes: number;
  };
  /** Quality on the hold-out; undefined where there was none. */
  'model.judged': {
    model: string;
    verdict: 'promote' | 'reject';
    reasons: readonly GateReason[];
    recall: number | undefined;
    ndcg: number | undefined;
    mrr: number | undefined;
    hitRate: number | undefined;
    coverage: number | undefined;
  };
  'model.promoted': {
    model: string;
    version: string;
    trigger: 'training' | 'control' | 'rollback';
  };
}
