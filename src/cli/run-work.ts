import { rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Config, readConfig } from '../config.ts';
import { systemClock } from '../domain/clock.ts';
import { SightlineError } from '../domain/errors.ts';
import type { TableHandle } from '../stores/tables/global-table.ts';
import { createTableShelf } from '../stores/tables/table-shelf.ts';
import type { Command } from './command.ts';
import { createProgress } from './progress.ts';
import { type Crew, openCrew } from './run-work/crew.ts';
import { checkInput, readBlocks } from './run-work/input-blocks.ts';
import { mergeExpositions } from './run-work/merge-expositions.ts';
import { type OutputFile, openOutput } from './run-work/output-file.ts';
import { prepareData } from './run-work/prepare-data.ts';
import { renderSummary } from './run-work/render-summary.ts';
import { runInOrder } from './run-work/run-in-order.ts';
import { createRunNotes } from './run-work/run-notes.ts';
import { parseRunWorkSettings, type RunWorkSettings, runWorkOptions } from './run-work/settings.ts';
import { Tally } from './run-work/tally.ts';
import { listenForStop } from './stop-signal.ts';
import type { Terminal } from './terminal.ts';

/** Answers a file of requests without a gateway that listens, on all cores. */
export const runWork: Command = {
  name: 'run-work',
  summary: 'answer a file of requests offline, on all cores',
  details: [
    'Each line is the body of POST /v1/recommend/WORK, and may have an `id` that its answer begins',
    'with. Answers are what the endpoint answers, in the order of the lines; a line that cannot be',
    'used becomes { id, error: { code, message } }. A line without timeout_ms has the largest budget',
    'of the work. The data folder is only read, so a gateway may have it open; nothing is learnt from',
    'the run. A run that was stopped goes on with --resume. Exits with 1 when no line could be',
    'answered, when it was stopped, and with --strict when a line was refused.',
  ].join('\n'),
  positionals: 'WORK',
  options: runWorkOptions,
  run: async (given, terminal) => {
    const config = readConfig(given.values.config!, terminal.environment);
    const folder = dirname(given.values.config!);
    const settings = parseRunWorkSettings(given, config);
    await checkInput(settings.input);
    await prepareData(config, terminal);
    const { work, log, workers } = settings;
    const environment = { ...terminal.environment };
    const tables = await shareTables(config);
    const crew = await openCrew(workers, { config, folder, work, log, environment, tables });
    try {
      return await runWith(crew, { config, settings, terminal });
    } finally {
      await crew.abort();
    }
  },
};

/** Loads the global tables once, for all workers. */
async function shareTables({ tables }: Config): Promise<ReadonlyMap<string, TableHandle>> {
  const shelf = createTableShelf({ clock: systemClock, emit: () => {} });
  const loaded = await shelf.load(tables);
  await shelf.close();
  return new Map([...loaded].map(([name, table]) => [name, table.share()]));
}

interface Job {
  readonly config: Config;
  readonly settings: RunWorkSettings;
  readonly terminal: Terminal;
}

async function runWith(crew: Crew, job: Job): Promise<number> {
  const { settings, terminal } = job;
  if (crew.missing.length > 0)
    terminal.err(`models not trained, so left out: ${crew.missing.join(', ')}\n`);
  const output = await openOutput(settings.output, settings);
  const end = new AbortController();
  const stop = listenForStop(terminal, systemClock);
  stop.heard.then(() => end.abort());
  const startedAt = systemClock.monotonic();
  let tally: Tally;
  try {
    stop.arm();
    tally = await answerAll(crew, output, { ...job, signal: end.signal });
  } finally {
    stop.release();
    await output.close();
  }
  const seconds = (systemClock.monotonic() - startedAt) / 1000;
  const expositions = await crew.finish();
  if (settings.metrics !== undefined)
    await writeMetrics(settings.metrics, mergeExpositions(expositions));
  const { work, workers } = settings;
  const summary = tally.summary({ work, workers, resumed: output.kept, seconds });
  terminal.out(settings.json ? `${JSON.stringify(summary)}\n` : renderSummary(summary));
  if (end.signal.aborted) terminal.err('stopped; go on with --resume\n');
  return end.signal.aborted || hasFailed(tally, settings) ? 1 : 0;
}

function hasFailed({ lines, answered, refused }: Tally, { strict }: RunWorkSettings): boolean {
  return (lines > 0 && answered === 0) || (strict && refused > 0);
}

/** Blocks under way for each worker: one being answered, the others waiting for it. */
const blocksPerWorker = 4;

async function answerAll(
  crew: Crew,
  output: OutputFile,
  { config, settings, terminal, signal }: Job & { readonly signal: AbortSignal },
): Promise<Tally> {
  const tally = new Tally();
  const progress = createProgress(terminal, systemClock);
  const note = createRunNotes(systemClock);
  const maxLineBytes = config.http.bodyLimitBytes;
  const blocks = readBlocks(settings.input, { maxLineBytes, skip: output.kept, signal });
  try {
    await runInOrder(blocks, {
      window: crew.size * blocksPerWorker,
      work: async ({ bytes, share }) => ({ ...(await crew.answer(bytes)), share }),
      async take({ text, outcomes, share }) {
        await output.append(Buffer.from(text));
        for (const outcome of outcomes) tally.add(outcome);
        progress.update(settings.work, share, note(tally.lines, share));
      },
    });
  } finally {
    progress.end();
  }
  return tally;
}

/** Whoever collects the file never sees half of it. */
async function writeMetrics(path: string, text: string): Promise<void> {
  try {
    await writeFile(`${path}.part`, text);
    await rename(`${path}.part`, path);
  } catch (cause) {
    throw new SightlineError('SL_DATA_INVALID', `metrics ${path} cannot be written`, { cause });
  }
}
