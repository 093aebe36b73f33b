import { openSqliteStore } from '../../src/stores/sqlite.ts';
import { storeContract } from '../contracts/store.ts';
import { useDataFolders } from './data-folder.ts';

const newFolder = useDataFolders();

storeContract('sqlite', async () => {
  let nowMs = 0;
  const options = {
    folder: newFolder(),
    clock: { now: () => nowMs, monotonic: () => nowMs },
    journalBytes: 4 << 20,
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
});
