/** One line of an exposition. */
export interface ExposedSample {
  readonly name: string;
  /** Without empty ones, which a scraper does not keep. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The samples of an exposition in text 0.0.4. */
export function parseExposition(text: string): ExposedSample[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name, inside = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line)!;
      const labels = [...inside.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)]
        .map(([, label, escaped]) => [label, unescaped(escaped)])
        .filter(([, label]) => label !== '');
      return { name, labels: Object.fromEntries(labels), value: numberOf(value) };
    });
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, letter) => (letter === 'n' ? '\n' : letter));
}

function numberOf(text: string): number {
  return text.endsWith('Inf') ? Number(`${text}inity`) : Number(text);
}
