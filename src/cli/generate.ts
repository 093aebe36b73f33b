import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { metricsPage } from '../telemetry/metrics-page.ts';
import type { Command } from './command.ts';
import { configurationPage } from './configuration-page.ts';
import { errorsPage } from './errors-page.ts';

/** Every file that is made from code, and what makes it. */
const generated: Readonly<Record<string, () => string>> = {
  'docs/configuration.md': configurationPage,
  'docs/errors.md': errorsPage,
  'docs/metrics.md': metricsPage,
};

/** Writes the documents that are made from tables in the code. */
export const generate: Command = {
  name: 'generate',
  summary: 'write the documents that are made from code',
  details: `Writes ${Object.keys(generated).join(', ')}.`,
  options: {
    check: { summary: 'write nothing; exit with 1 and name the files that are not up to date' },
    folder: { value: 'FOLDER', default: '.', summary: 'folder of the project' },
  },
  run: async ({ switches, values }, terminal) => {
    const pages = Object.entries(generated).map(([file, make]) => ({ file, text: make() }));
    const stale = pages.filter(({ file, text }) => read(join(values.folder!, file)) !== text);
    for (const { file, text } of stale) {
      terminal.out(`${switches.has('check') ? 'not up to date' : 'written'}: ${file}\n`);
      if (!switches.has('check')) write(join(values.folder!, file), text);
    }
    if (!switches.has('check') || stale.length === 0) return 0;
    terminal.err('run `npm run generate` and commit what it writes\n');
    return 1;
  },
};

function read(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
