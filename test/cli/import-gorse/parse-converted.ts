import { parse } from 'yaml';
import { convertGorse } from '../../../src/cli/import-gorse/convert-gorse.ts';
import type { Finding, Verdict } from '../../../src/cli/import-gorse/settings.ts';
import { type Config, parseConfig } from '../../../src/config.ts';

/** What a configuration of Gorse, as text, becomes: the text, what was told, and the configuration it is read as. */
export interface ReadBack {
  readonly yaml: string;
  readonly findings: readonly Finding[];
  /** The text as plain data. */
  readonly raw: Raw;
  /** The texts of what was told of a key. */
  told(key: string, verdict?: Verdict): string[];
  config(): Config;
}

// biome-ignore lint/suspicious/noExplicitAny: tests look at any place of a configuration.
type Raw = any;

/** Converts a configuration of Gorse. */
export function convert(toml: string, environment: Record<string, string> = {}): ReadBack {
  const { yaml, findings } = convertGorse(new TextEncoder().encode(toml), environment);
  const raw: Raw = parse(yaml);
  return {
    ...{ yaml, findings, raw },
    told: (key, verdict) =>
      findings
        .filter(
          (finding) => finding.key === key && (verdict ?? finding.verdict) === finding.verdict,
        )
        .map(({ text }) => text),
    config: () => parseConfig(yaml, {}),
  };
}
