import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { BenchOptions } from './harness/bench.ts';
import { spreadOf } from './harness/spread.ts';
import { createNativeCases, type NativeCase } from './native/cases.ts';

const burstSeconds = 0.01;

/**
 * The kernels against C with AVX2 and FMA that a compiler of this machine makes: CPU seconds of native code over those of
 * ours, in bursts that take turns, so 1 is as fast and more is faster; `aa` is a burst of ours over the one before.
 * Without a compiler it says so and measures nothing.
 */
export async function nativeBench({ seconds, log }: BenchOptions) {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-native-'));
  const program = compile(folder);
  if (program === undefined) {
    rmSync(folder, { recursive: true });
    log('skipped: gcc with AVX2 is not there');
    return { native: 'skipped: no compiler' };
  }
  const { cases, data } = createNativeCases();
  const file = join(folder, 'data.bin');
  writeFileSync(file, data);
  const child = spawn(program, [file], { stdio: ['pipe', 'pipe', 'inherit'] });
  const native = createNative(child);
  const results: Record<string, unknown> = {};
  try {
    for (const one of cases) {
      const result = await compare(one, native, seconds / cases.length);
      results[one.name] = result;
      const { ratio, aa, ours_us, native_us } = result;
      log(
        `${one.name.padEnd(12)} native / ours ${ratio.median} [${ratio.iqr}], itself ${aa.median}; ${ours_us} us, native ${native_us} us`,
      );
    }
  } finally {
    child.stdin?.end();
    await once(child, 'close');
    rmSync(folder, { recursive: true });
  }
  return { native: results };
}

function compile(folder: string): string | undefined {
  const program = join(folder, 'kernels');
  const source = join(import.meta.dirname, 'native', 'kernels.c');
  try {
    execFileSync('gcc', ['-O3', '-mavx2', '-mfma', '-o', program, source, '-lm']);
    return program;
  } catch {
    return undefined;
  }
}

/** Of this thread: what others do in the meantime does not count. */
function cpuSeconds(): number {
  // On Linux the time of a thread stands still between ticks, until somebody asks for that of the process.
  process.cpuUsage();
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1e6;
}

/** Seconds per call of a native kernel, and a sum over its result. */
type Native = (
  kernel: string,
  calls: number,
) => Promise<{ readonly seconds: number; readonly sum: number }>;

function createNative(child: ChildProcess): Native {
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return async (kernel, calls) => {
    child.stdin!.write(`${kernel} ${calls}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error(`native kernel ${kernel} ended without an answer`);
    const [seconds, sum] = String(value).split(' ').map(Number);
    return { seconds, sum };
  };
}

async function compare(
  { kernel, units, run, isSame }: NativeCase,
  native: Native,
  seconds: number,
) {
  const ours = (calls: number) => {
    // What the other side left in the caches is not its matter.
    run();
    const start = cpuSeconds();
    for (let call = 0; call < calls; call++) run();
    return Math.max(1e-9, cpuSeconds() - start) / calls;
  };
  const first = { sum: run(), native: await native(kernel, 1) };
  if (isSame && !(Math.abs(first.sum - first.native.sum) <= 1e-3 * Math.abs(first.sum) + 1e-3))
    throw new Error(`${kernel} is ${first.sum}, native ${first.native.sum}`);
  // Until the compiler is done with it, and to see how many calls fill a burst.
  const [begun, until] = [cpuSeconds(), performance.now() + 250 * seconds];
  let warm = 0;
  do {
    run();
    warm += 1;
  } while (performance.now() < until || cpuSeconds() - begun < 4 * burstSeconds);
  const calls = Math.max(1, Math.round((burstSeconds * warm) / (cpuSeconds() - begun)));
  const rounds: { ratio: number; aa: number; ours: number; native: number }[] = [];
  const end = performance.now() + 750 * seconds;
  do {
    const before = ours(calls);
    const other = await native(kernel, calls);
    const after = ours(calls);
    rounds.push({
      ratio: (2 * other.seconds) / (before + after),
      aa: after / before,
      ours: after,
      native: other.seconds,
    });
  } while (performance.now() < end || rounds.length < 5);
  const spread = (part: (round: (typeof rounds)[number]) => number) => spreadOf(rounds.map(part));
  return {
    ratio: spread(({ ratio }) => ratio),
    aa: spread(({ aa }) => aa),
    ours_us: spread((round) => (round.ours * 1e6) / units).median,
    native_us: spread((round) => (round.native * 1e6) / units).median,
    rounds: rounds.length,
  };
}
