import { parentPort, workerData } from 'node:worker_threads';
import { attachTable } from '../../../src/stores/tables/attach-table.ts';

/** A thread that looks one key up in a shared table and says where the answer came from. */
const { handle, key } = workerData;
const table = attachTable(handle);
parentPort?.postMessage({ value: table.get(key), size: table.size, memory: table.share().memory });
