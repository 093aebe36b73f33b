import { createMemoryStore } from '../../src/stores/memory.ts';
import { storeContract } from '../contracts/store.ts';

storeContract('memory', async () => {
  let nowMs = 0;
  const clock = { now: () => nowMs, monotonic: () => nowMs };
  return {
    store: createMemoryStore({ clock }),
    setNow(now) {
      nowMs = now;
    },
  };
});
