import { setImmediate } from 'node:timers/promises';
import type { WriteSeries } from './write-series.ts';

/** Series a request carries at most: what is encoded in a few milliseconds. */
const seriesPerRequest = 500;

/** Loads what encodes, off the path of the first push. */
export const loadEncoder = () => import('prometheus-remote-write');

/**
 * Encodes series as bodies of Prometheus remote write 1.0 (protobuf, compressed with snappy), several for many series;
 * the loop gets a turn between them. The client of npm encodes; what it would send is taken from it, as it neither tries
 * again nor keeps its connection.
 */
export async function encodeWrite(series: readonly WriteSeries[]): Promise<Uint8Array[]> {
  const { pushTimeseries } = await loadEncoder();
  const bodies: Uint8Array[] = [];
  for (let from = 0; from < series.length; from += seriesPerRequest) {
    await pushTimeseries(series.slice(from, from + seriesPerRequest), {
      url: 'nowhere',
      fetch: async (_, init) => {
        if (init !== undefined) bodies.push(new Uint8Array(init.body));
        return { status: 204, statusText: '', text: async () => '' };
      },
    });
    await setImmediate();
  }
  return bodies;
}
