import { Agent, request } from 'node:http';

/** What one request got; `undefined` where it failed. */
export interface Got {
  readonly ms: number;
  readonly body: string | undefined;
}

/** Requests at a steady rate, whether or not those before have been answered. */
export interface SteadyLoad {
  /** What was answered since the last call. */
  take(): readonly Got[];
  /** Resolves when the last answer is in. */
  end(): Promise<void>;
}

/** Begins to ask; times count from the moment at which a request should have been sent. */
export function startSteadyLoad(options: {
  readonly port: number;
  readonly path: (n: number) => string;
  readonly perSecond: number;
}): SteadyLoad {
  const { port, path, perSecond } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const beganAt = performance.now();
  const everyMs = 1000 / perSecond;
  const open = new Set<Promise<void>>();
  let got: Got[] = [];
  let sent = 0;
  const ask = async (dueAt: number, n: number) => {
    const body = await fetchText({ port, path: path(n), agent }).catch(() => undefined);
    got.push({ ms: performance.now() - dueAt, body });
  };
  const timer = setInterval(() => {
    for (let dueAt = beganAt + sent * everyMs; dueAt <= performance.now(); dueAt += everyMs) {
      const one = ask(dueAt, sent++).finally(() => open.delete(one));
      open.add(one);
    }
  }, 1);
  return {
    take() {
      const taken = got;
      got = [];
      return taken;
    },
    async end() {
      clearInterval(timer);
      await Promise.all(open);
      agent.destroy();
    },
  };
}

function fetchText(options: { port: number; path: string; agent: Agent }): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', ...options }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part) => {
        text += part;
      });
      answer.on('end', () =>
        answer.statusCode === 200 ? resolve(text) : reject(new Error(String(answer.statusCode))),
      );
    })
      .on('error', reject)
      .end();
  });
}
