import { readFile, stat, writeFile } from 'node:fs/promises';
import { SightlineError } from '../domain/errors.ts';
import { type Command, usageError } from './command.ts';
import { convertGorse } from './import-gorse/convert-gorse.ts';
import { maxSourceBytes } from './import-gorse/read-settings.ts';
import { renderReport } from './import-gorse/render-report.ts';
import type { Terminal } from './terminal.ts';

/** Turns a configuration of Gorse into one of ours, and tells what became of each key. */
export const importGorse: Command = {
  name: 'import-gorse',
  summary: 'turn a configuration of Gorse into one of ours',
  details:
    'Writes the configuration to --out or to standard output, and what became of each key to standard error.\n' +
    'Environment variables that Gorse reads go before the file. Secrets are neither written nor shown.',
  positionals: 'CONFIG.TOML',
  options: {
    out: { value: 'FILE', summary: 'write the configuration into this file' },
    force: { summary: 'replace the file when it is there already' },
  },
  run: async ({ values: { out }, switches, positionals }, terminal) => {
    if (positionals.length !== 1) throw usageError('import-gorse', ['needs one file: CONFIG.TOML']);
    const { yaml, findings } = convertGorse(await readSource(positionals[0]), terminal.environment);
    if (out === undefined) terminal.out(yaml);
    else await writeConfiguration(out, { yaml, force: switches.has('force') });
    terminal.err(renderReport(findings));
    tellNext(out, terminal);
    return 0;
  },
};

/** A path that is no file, a pipe for instance, might never end. */
async function readSource(path: string): Promise<Uint8Array> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new Error('is not a file');
    if (found.size > maxSourceBytes) throw new Error(`has more than ${maxSourceBytes} bytes`);
    return await readFile(path);
  } catch (cause) {
    throw new SightlineError('SL_CONFIG_INVALID', `configuration of Gorse ${path} cannot be read`, {
      cause,
    });
  }
}

async function writeConfiguration(
  path: string,
  { yaml, force }: { yaml: string; force: boolean },
): Promise<void> {
  try {
    await writeFile(path, yaml, { flag: force ? 'w' : 'wx' });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST')
      throw usageError('import-gorse', [`${path} exists, give --force to replace it`]);
    throw new SightlineError('SL_CONFIG_INVALID', `${path} cannot be written`, { cause });
  }
}

function tellNext(out: string | undefined, terminal: Terminal): void {
  if (out !== undefined) terminal.err(`wrote ${out}; next: sightline check --config ${out}\n`);
}
