import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Rooms hold no module state, so files may share one module graph.
    isolate: false,
    pool: 'threads',
    maxWorkers: '100%',
    testTimeout: 20_000,
    // Plugins are loaded by Node.js itself, as in a gateway.
    server: { deps: { external: [/\?sightline=/] } },
  },
});
