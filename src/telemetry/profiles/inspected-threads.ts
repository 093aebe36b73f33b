import type { Session } from 'node:inspector/promises';

/** A thread of this process that takes commands of V8's inspector. */
export interface InspectedThread {
  /** `main`, or the name that its worker was started with. */
  readonly name: string;
  /** Sends a command of the inspector protocol. Rejects where it is refused, or a worker does not answer in time. */
  ask<Answer = unknown>(method: string, params?: object): Promise<Answer>;
}

/** The threads that were there when they were opened. */
export interface InspectedThreads {
  /** The calling thread first; its workers, where it is the main thread of the process. */
  readonly all: readonly InspectedThread[];
  /** Lets go of them, which ends whatever commands have begun. */
  close(): void;
}

/** A worker in a long call of native code answers nothing until it is out of it. */
const workerLimitMs = 2000;

/** Connects to the inspectors of the calling thread and its workers, inside the process: no port is opened. */
export async function openInspectedThreads(): Promise<InspectedThreads> {
  // Loaded only now: a Node.js built without inspector still starts.
  const { Session } = await import('node:inspector/promises');
  const session = new Session();
  session.connect();
  const main: InspectedThread = {
    name: 'main',
    ask: <Answer>(method: string, params?: object) =>
      session.post(method, params) as Promise<Answer>,
  };
  return { all: [main, ...(await attachWorkers(session))], close: () => session.disconnect() };
}

/** An answer to a command, as a worker sends it. */
interface WorkerAnswer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

async function attachWorkers(session: Session): Promise<readonly InspectedThread[]> {
  const workers: InspectedThread[] = [];
  const waiting = new Map<number, (answer: WorkerAnswer) => void>();
  let lastId = 0;
  const ask = async <Answer>(sessionId: string, method: string, params?: object) => {
    const id = ++lastId;
    const { promise, resolve, reject } = Promise.withResolvers<WorkerAnswer>();
    waiting.set(id, resolve);
    const limit = setTimeout(() => reject(new Error(`${method} was not answered`)), workerLimitMs);
    const message = JSON.stringify({ id, method, params });
    session.post('NodeWorker.sendMessageToWorker', { sessionId, message }).catch(reject);
    try {
      const { result, error } = await promise;
      if (error !== undefined) throw new Error(`${method}: ${error.message}`);
      return result as Answer;
    } finally {
      clearTimeout(limit);
      waiting.delete(id);
    }
  };
  session.on('NodeWorker.attachedToWorker', ({ params: { sessionId, workerInfo } }) => {
    const name = workerInfo.title.replace(/^\[worker \d+\] ?/, '');
    workers.push({ name, ask: (method, params) => ask(sessionId, method, params) });
  });
  session.on('NodeWorker.receivedMessageFromWorker', ({ params: { message } }) => {
    const answer = JSON.parse(message) as WorkerAnswer;
    waiting.get(answer.id)?.(answer);
  });
  // Only the main thread of a process is told of its workers.
  await session.post('NodeWorker.enable', { waitForDebuggerOnStart: false }).catch(() => {});
  return workers;
}
