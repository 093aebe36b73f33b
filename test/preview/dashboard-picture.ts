import type { Mark } from '../../src/provisioning/grafana/annotations.ts';
import type { DashboardAnswers } from './answers.ts';

/** What a dashboard is drawn with. */
export interface DashboardPicture {
  readonly answers: DashboardAnswers;
  readonly annotations: readonly Mark[];
}

/** Width of a picture in pixels. */
export const pageWidth = 1200;
/** Pixels between the edge of a picture and its panels. */
export const margin = 12;
