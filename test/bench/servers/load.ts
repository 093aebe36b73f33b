/**
 * A closed-loop HTTP/1.1 load generator: every connection sends its next request when the last answer
 * is complete. Reads into one buffer a connection and looks at no more of an answer than its status
 * and length, so that it stays cheaper than any server.
 */
import { connect, type Socket } from 'node:net';
import { answerParent } from '../harness/answer-parent.ts';
import type { Burst, BurstOptions } from '../harness/burst.ts';
import { createRequestSource } from './load-requests.ts';

interface Run {
  readonly deadline: number;
  readonly next: () => Buffer;
  readonly latencies: number[];
  inTime: number;
  bad: number;
  lastBad: string;
}

/** Where a connection is inside an answer: `left` body bytes to come, or `chunked` until the last chunk. */
class Connection {
  readonly socket: Socket;
  #head = '';
  #left = 0;
  #chunked = false;
  #sentAt = 0;
  #run: Run | undefined;
  #finished: () => void = () => {};

  constructor(port: number) {
    this.socket = connect({
      host: '127.0.0.1',
      port,
      noDelay: true,
      onread: {
        buffer: Buffer.allocUnsafe(65_536),
        callback: (bytes, buffer) => this.#read(buffer as Buffer, bytes),
      },
    });
    this.socket.on('error', (error) => this.#fail(error.message));
    this.socket.on('close', () => this.#fail('connection closed by the server'));
  }

  run(run: Run): Promise<void> {
    this.#run = run;
    return new Promise((resolve) => {
      this.#finished = resolve;
      this.#send(performance.now());
    });
  }

  #send(now: number): void {
    this.#sentAt = now;
    this.socket.write(this.#run!.next());
  }

  #read(buffer: Buffer, bytes: number): boolean {
    if (this.#left > 0) {
      this.#left -= bytes;
      if (this.#left === 0) this.#complete();
    } else if (this.#chunked) {
      if (endsChunked(buffer, bytes)) this.#complete();
    } else {
      this.#readHead(buffer, bytes);
    }
    return true;
  }

  #readHead(buffer: Buffer, bytes: number): void {
    const before = this.#head.length;
    this.#head += buffer.toString('latin1', 0, Math.min(bytes, 4096));
    const end = this.#head.indexOf('\r\n\r\n');
    if (end < 0) return;
    const body = bytes - (end + 4 - before);
    if (this.#head.charCodeAt(9) !== 50) this.#bad(this.#head.slice(0, 400));
    const length = /\r\ncontent-length: (\d+)/i.exec(this.#head);
    this.#head = '';
    if (length !== null) {
      this.#left = Number(length[1]) - body;
      if (this.#left === 0) this.#complete();
    } else if (body > 0 && endsChunked(buffer, bytes)) {
      this.#complete();
    } else {
      this.#chunked = true;
    }
  }

  #complete(): void {
    this.#chunked = false;
    const run = this.#run;
    if (run === undefined) return;
    const now = performance.now();
    run.latencies.push(now - this.#sentAt);
    if (now < run.deadline) {
      run.inTime += 1;
      this.#send(now);
    } else {
      this.#run = undefined;
      this.#finished();
    }
  }

  #bad(what: string): void {
    if (this.#run === undefined) return;
    this.#run.bad += 1;
    this.#run.lastBad = what;
  }

  #fail(what: string): void {
    this.#bad(what);
    this.#run = undefined;
    this.#finished();
  }
}

function endsChunked(buffer: Buffer, bytes: number): boolean {
  return bytes >= 5 && buffer.toString('latin1', bytes - 5, bytes) === '0\r\n\r\n';
}

const requestsOf = createRequestSource();

/**
 * Keeps the event loop turning until it is ended: waking a process that sleeps costs the waker, most of all
 * in a virtual machine, so slow servers would pay for it with each answer and fast ones would not.
 */
function keepAwake(): { end(): void } {
  let ended = false;
  const turn = () => {
    if (!ended) setImmediate(turn);
  };
  turn();
  return {
    end() {
      ended = true;
    },
  };
}

async function burst(options: BurstOptions): Promise<Burst> {
  const next = requestsOf(options.send);
  const connections = Array.from(
    { length: options.connections },
    () => new Connection(options.port),
  );
  const began = performance.now();
  const run: Run = {
    deadline: began + options.seconds * 1000,
    next,
    latencies: [],
    inTime: 0,
    bad: 0,
    lastBad: '',
  };
  const awake = options.staysAwake ? keepAwake() : undefined;
  await Promise.all(connections.map((connection) => connection.run(run)));
  awake?.end();
  for (const { socket } of connections) socket.destroy();
  return summarise(run, options.seconds);
}

function summarise(run: Run, seconds: number): Burst {
  const sorted = Float64Array.from(run.latencies).sort();
  const at = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];
  return {
    requests: sorted.length,
    perSecond: run.inTime / seconds,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    bad: run.bad,
    lastBad: run.lastBad,
  };
}

answerParent({}, { burst });
