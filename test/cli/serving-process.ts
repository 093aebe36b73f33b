import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';

/** A gateway in a process of its own. */
export interface ServingProcess {
  /** Resolves when it is ready; rejects when it ends before. */
  readonly ready: Promise<{ query: string; control: string }>;
  readonly exit: Promise<{ code: number | null; signal: string | null }>;
  /** What it has written so far. */
  readonly written: { out: string; err: string };
  /** Resolves when what it tells people, or its log, holds a text; rejects when it ends before. */
  says(text: string, stream?: 'err' | 'out'): Promise<void>;
  stop(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): void;
}

const main = resolve(import.meta.dirname, '../../src/cli/main.ts');

/** Starts `sightline serve` with a configuration; it is killed after 90 seconds whatever happens. */
export function startServing(
  config: string,
  environment: Readonly<Record<string, string>> = {},
): ServingProcess {
  const child = spawn(process.execPath, [main, 'serve', '--config', config], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 90_000,
    killSignal: 'SIGKILL',
  });
  const written = collect(child);
  const exit = new Promise<{ code: number | null; signal: string | null }>((done) => {
    child.once('close', (code, signal) => done({ code, signal }));
  });
  const says = (text: string, stream: 'err' | 'out' = 'err') =>
    new Promise<void>((heard, missed) => {
      const look = () => written[stream].includes(text) && heard();
      child[stream === 'err' ? 'stderr' : 'stdout'].on('data', look);
      look();
      void exit.then(() => missed(new Error(`ended without saying ${text}:\n${written.err}`)));
    });
  const ready = says('Try:').then(() => ({
    query: addressOf('query', written.err),
    control: addressOf('control', written.err),
  }));
  ready.catch(() => {});
  return { ready, exit, written, says, stop: (signal) => void child.kill(signal) };
}

function collect(child: ChildProcess): { out: string; err: string } {
  const written = { out: '', err: '' };
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    written.out += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    written.err += text;
  });
  return written;
}

function addressOf(listener: 'query' | 'control', text: string): string {
  return new RegExp(`${listener} +(http://\\S+)`).exec(text)?.[1] ?? '';
}
