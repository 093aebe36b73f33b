import { type ChildProcess, fork } from 'node:child_process';
import { accessSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Answers } from './answer-parent.ts';

/** A server or load generator in its own process, spoken to over the fork channel. */
export interface Child<Ready> {
  readonly pid: number;
  /** What the program said when it was ready. */
  readonly ready: Ready;
  /** Calls one of the program's answers. */
  ask<Result>(name: string, argument?: unknown): Promise<Result>;
  /** Ends the process and waits until it is gone. */
  end(): Promise<void>;
}

export interface ChildOptions {
  /** Core to stay on, where `taskset` is installed. */
  readonly core?: number | undefined;
  /** Handed to the program as its one argument. */
  readonly options?: unknown;
  readonly env?: Readonly<Record<string, string>>;
  readonly execArgv?: readonly string[];
}

const taskset = findTaskset();

/** Starts a program of `test/bench/servers` and resolves when it says that it is ready. */
export async function startChild<Ready>(
  program: string,
  { core, options = {}, env = {}, execArgv = [] }: ChildOptions = {},
): Promise<Child<Ready>> {
  const pin = core !== undefined && taskset !== undefined;
  const child = fork(
    join(import.meta.dirname, '../servers', `${program}.ts`),
    [JSON.stringify(options)],
    {
      execPath: pin ? taskset : process.execPath,
      execArgv: [...(pin ? ['-c', String(core), process.execPath] : []), ...execArgv],
      env: { ...process.env, ...env },
      serialization: 'advanced',
      // Log lines are made and written, and nobody reads them.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  );
  const calls = createCalls(child, program);
  return {
    pid: child.pid!,
    ready: (await calls.wait('ready')) as Ready,
    ask: (name, argument) => calls.ask(name, argument) as Promise<never>,
    end: () => end(child),
  };
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

function createCalls(child: ChildProcess, program: string) {
  const waiting = new Map<string | number, Waiting>();
  let calls = 0;
  child.on('message', ({ id, value, error }: Answers) => {
    const call = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) call?.resolve(value);
    else call?.reject(new Error(`${program}: ${error}`));
  });
  child.on('exit', (code, signal) => {
    for (const { reject } of waiting.values()) {
      reject(new Error(`${program} ended with ${signal ?? code}`));
    }
  });
  const wait = (id: string | number) =>
    new Promise<unknown>((resolve, reject) => waiting.set(id, { resolve, reject }));
  return {
    wait,
    ask(name: string, argument: unknown) {
      const id = ++calls;
      const answer = wait(id);
      child.send({ id, name, argument });
      return answer;
    },
  };
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const killer = setTimeout(() => child.kill('SIGKILL'), 3000);
    child.once('exit', () => {
      clearTimeout(killer);
      resolve();
    });
    // Programs end when their parent hangs up.
    child.disconnect();
  });
}

function findTaskset(): string | undefined {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    try {
      accessSync(join(folder, 'taskset'));
      return join(folder, 'taskset');
    } catch {}
  }
  return undefined;
}
