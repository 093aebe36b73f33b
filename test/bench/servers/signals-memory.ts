/** Opens the signals at full size in a process of its own and tells of its resident memory. */
import { openSignals } from '../../../src/signals/thread/open-signals.ts';
import { createEventRing } from '../../../src/telemetry/event-ring.ts';
import { answerParent } from '../harness/answer-parent.ts';
import { createShop, sessionCount } from '../signals/shop.ts';
import { knownScalesIn } from '../signals/stand.ts';
import { createTraffic } from '../signals/traffic.ts';

const rounds = 3;
const feedbackPerRequest = 3;
/** Short, so that every pane of the windows has been in use; how long they are changes no bound. */
const windowSeconds = 2;

const ring = createEventRing();
const idle = new Int32Array(new SharedArrayBuffer(4));
const residentMb = () => {
  globalThis.gc?.();
  return process.memoryUsage.rss() / 2 ** 20;
};

/** Lets every session ask and click, more than once, and drift find its scales. */
async function fill() {
  const shop = createShop({ nowMs: Date.now() });
  const signals = openSignals({
    ...shop,
    ring,
    onReport: () => {},
    onFailure: (cause) => {
      throw cause;
    },
    options: { coverage: { windowSeconds }, exposures: { windowSeconds }, arms: { windowSeconds } },
  });
  const whenFull = () => void Atomics.wait(idle, 0, 0, 1);
  const traffic = createTraffic(shop, { ring, whenFull });
  for (let round = 0; round < rounds; round++)
    for (let session = 0; session < sessionCount; session++) {
      traffic.request(session);
      for (let k = 0; k < feedbackPerRequest; k++) traffic.feedback();
    }
  let report = await signals.report();
  while (knownScalesIn(report.drift?.readings ?? []) !== 1) report = await signals.report();
  const sessions = report.freshness?.rows.reduce((sum, row) => sum + row.sessions, 0) ?? 0;
  return { events: traffic.put, sessions, residentMb: residentMb() };
}

answerParent({}, { residentMb, fill });
