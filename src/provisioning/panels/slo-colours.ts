import type { Panel } from '../dashboards/dashboard.ts';

/** Colours of the share of an error budget that is left; under 0 the promise is broken. */
export const budgetColours: Pick<Panel, 'thresholds'> = {
  thresholds: [
    { colour: 'red' },
    { from: 0, colour: 'orange' },
    { from: 0.25, colour: 'yellow' },
    { from: 0.5, colour: 'green' },
  ],
};

/** Colours of the speed at which an error budget is spent: 1 spends it in just its period, 14.4 is worth a page. */
export const burnColours: Pick<Panel, 'thresholds'> = {
  thresholds: [
    { colour: 'green' },
    { from: 1, colour: 'yellow' },
    { from: 6, colour: 'orange' },
    { from: 14.4, colour: 'red' },
  ],
};
