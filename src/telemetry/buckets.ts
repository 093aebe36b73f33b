/** Upper bounds of buckets that several series share. */
export const requestSeconds = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5,
] as const;
export const stageSeconds = [
  0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
] as const;
export const ageSeconds = [1, 10, 60, 300, 900, 3600, 21_600, 86_400, 604_800, 2_592_000] as const;
export const counts = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000] as const;
export const tenths = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1] as const;
