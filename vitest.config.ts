import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Rooms hold no module state, so files may share one module graph.
    isolate: false,
    pool: 'threads',
    maxWorkers: '100%',
    testTimeout: 20_000,
  },
});
