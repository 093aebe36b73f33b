import { parentPort, workerData } from 'node:worker_threads';
import { EventCodes } from '../../telemetry/event-codes.ts';
import {
  Engine,
  type EngineInput,
  type EngineOptions,
  type EngineReport,
} from '../engine/engine.ts';

/** What main tells the thread. */
export type ToEngine =
  | { readonly say: 'name'; readonly code: number; readonly name: string }
  | { readonly say: 'tick'; readonly ticket: number; readonly input: EngineInput };

/** What the thread tells main. */
export type FromEngine = { readonly ticket: number } & (
  | { readonly report: EngineReport }
  | { readonly cause: unknown }
);

if (parentPort !== null) {
  const port = parentPort;
  const codes = new EventCodes();
  const engine = new Engine(workerData as EngineOptions, {
    nameOf: (code) => codes.nameOf(code),
    monotonic: () => performance.now(),
  });
  const answer = ({ ticket, input }: Extract<ToEngine, { say: 'tick' }>): FromEngine => {
    try {
      return { ticket, report: engine.tick(input) };
    } catch (cause) {
      return { ticket, cause: cause instanceof Error ? cause : new Error(String(cause)) };
    }
  };
  port.on('message', (told: ToEngine) => {
    if (told.say === 'name') codes.set(told.code, told.name);
    else port.postMessage(answer(told));
  });
}
