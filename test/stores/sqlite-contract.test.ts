import { openSqliteStore } from '../../src/stores/sqlite.ts';
import { feedbackTotalsContract } from '../contracts/feedback-totals.ts';
import { type StoreUnderTest, storeContract } from '../contracts/store.ts';
import { useDataFolders } from './data-folder.ts';

const newFolder = useDataFolders();

const opening =
  ({ hasLookups }: { hasLookups: boolean }) =>
  async (): Promise<StoreUnderTest> => {
    let nowMs = 0;
    const options = {
      folder: newFolder(),
      clock: { now: () => nowMs, monotonic: () => nowMs },
      journalBytes: 4 << 20,
      hasLookups,
    };
    const store = await openSqliteStore(options);
    return {
      store,
      setNow(now) {
        nowMs = now;
      },
      async reopen() {
        await store.close();
        return openSqliteStore(options);
      },
    };
  };

storeContract('sqlite', opening({ hasLookups: false }));
feedbackTotalsContract('sqlite', opening({ hasLookups: false }));
feedbackTotalsContract('sqlite with look-ups', opening({ hasLookups: true }));
