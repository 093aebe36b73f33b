import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { createRecordingTerminal } from '../cli/recording-terminal.ts';

/** The first block of a language in the page for authors. */
function block(language: string): string {
  const page = readFileSync(new URL('../../docs/plugins.md', import.meta.url), 'utf8');
  const [, text] = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(page) ?? [];
  return text;
}

test('the example of the page for authors is good as it stands there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-page-'));
  mkdirSync(join(folder, 'plugins'));
  writeFileSync(join(folder, 'plugins/price.ts'), block('ts'));
  writeFileSync(join(folder, 'sightline.yaml'), block('yaml'));
  const terminal = createRecordingTerminal();
  const code = await main(['check', '--config', join(folder, 'sightline.yaml')], terminal);
  rmSync(folder, { recursive: true });
  expect(terminal.written.err).toBe('');
  expect(code).toBe(0);
  expect(terminal.written.out).toContain('plugins/price.ts, version');
});
