import type { ClickExamples, ClickFields } from '../../../src/models/clicks/click-examples.ts';

/** A task of click prediction, cut into its parts. */
export interface ClickData extends ClickFields {
  readonly train: ClickExamples;
  readonly validation: ClickExamples;
  readonly test: ClickExamples;
}
