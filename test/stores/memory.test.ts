import { createMemoryStore } from '../../src/stores/memory.ts';
import { feedbackTotalsContract } from '../contracts/feedback-totals.ts';
import { type StoreUnderTest, storeContract } from '../contracts/store.ts';

const open = async (): Promise<StoreUnderTest> => {
  let nowMs = 0;
  const clock = { now: () => nowMs, monotonic: () => nowMs };
  return {
    store: createMemoryStore({ clock }),
    setNow(now) {
      nowMs = now;
    },
  };
};

storeContract('memory', open);
feedbackTotalsContract('memory', open);
