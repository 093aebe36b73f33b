import { parentPort, workerData } from 'node:worker_threads';
import type { PluginPart } from '../../domain/plugin-part.ts';
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
  | { readonly say: 'detectors'; readonly parts: readonly PluginPart[] }
  | { readonly say: 'tick'; readonly ticket: number; readonly input: EngineInput };

/** What the thread tells main. */
export type FromEngine = { readonly ticket: number } & (
  | { readonly report: EngineReport }
  | { readonly cause: unknown }
);

if (parentPort !== null) {
  const port = parentPort;
  // A promise that a plugin made and nobody waits for may not end the thread.
  process.on('unhandledRejection', () => {});
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
  // Detectors are imported in the background, and ticks wait for them. What fails here is no plugin's fault.
  const inTurn = (work: () => void | Promise<void>) => {
    following = following.then(work).catch((cause) => {
      setImmediate(() => {
        throw cause;
      });
    });
  };
  let following = Promise.resolve();
  port.on('message', (told: ToEngine) => {
    if (told.say === 'name') codes.set(told.code, told.name);
    else if (told.say === 'detectors') inTurn(() => engine.follow(told.parts));
    else inTurn(() => port.postMessage(answer(told)));
  });
}
