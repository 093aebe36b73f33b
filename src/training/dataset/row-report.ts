import type { DatasetReport, SkippedRow } from './dataset-reader.ts';

const maxExamples = 20;

/** Counts rows read and passed over. */
export interface RowReport {
  skip(file: string, line: number, problem: RowProblem): void;
  finish(counts: Pick<DatasetReport, 'items' | 'users' | 'feedback'>): DatasetReport;
}

/** Why a row is passed over: `kind` is one of few, `detail` is of this row. */
export interface RowProblem {
  readonly kind: string;
  readonly detail: string;
}

/** Makes a report that keeps the first 20 rows passed over and counts all of them by kind. */
export function createRowReport(): RowReport {
  const examples: SkippedRow[] = [];
  const reasons: Record<string, number> = {};
  let skipped = 0;
  return {
    skip(file, line, { kind, detail }) {
      skipped += 1;
      reasons[kind] = (reasons[kind] ?? 0) + 1;
      if (examples.length < maxExamples) examples.push({ file, line, reason: detail });
    },
    finish: (counts) => ({ ...counts, skipped, reasons, examples }),
  };
}
