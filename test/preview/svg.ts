/** A part of a picture: a rectangle in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

type Attributes = Readonly<Record<string, string | number | undefined>>;

/**
 * An element of an SVG; numbers are rounded to a tenth of a pixel, undefined attributes are left out.
 *
 * @example element('rect', { x: 1.234, fill: 'red' }) // '<rect x="1.2" fill="red"/>'
 */
export function element(name: string, attributes: Attributes, ...children: string[]): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(
      ([key, value]) => ` ${key}="${typeof value === 'number' ? tenth(value) : escapeXml(value!)}"`,
    )
    .join('');
  return children.length === 0
    ? `<${name}${written}/>`
    : `<${name}${written}>${children.join('')}</${name}>`;
}

/** How a text looks; `size` in pixels, sizes of letters are estimated from it. */
export interface TextStyle {
  readonly size?: number;
  readonly fill?: string;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly weight?: number;
  /** Longer text ends with an ellipsis. */
  readonly maxWidth?: number;
}

/** A line of text with its baseline at `y`. */
export function label(
  content: string,
  { x, y }: { readonly x: number; readonly y: number },
  {
    size = 11,
    fill = '#8e8e99',
    anchor,
    weight,
    maxWidth = Number.POSITIVE_INFINITY,
  }: TextStyle = {},
): string {
  const attributes = {
    x,
    y,
    fill,
    'font-size': size,
    'text-anchor': anchor,
    'font-weight': weight,
  };
  return element('text', attributes, escapeXml(shortened(content, maxWidth, size)));
}

/** Text that fits into a width, with an ellipsis where something was left out. */
export function shortened(content: string, width: number, size: number): string {
  if (textWidth(content, size) <= width) return content;
  const letters = Math.max(0, Math.floor(width / textWidth('n', size)) - 1);
  return `${content.slice(0, letters).trimEnd()}…`;
}

/** About how wide a text is, in pixels. */
export const textWidth = (content: string, size: number): number => content.length * size * 0.56;

/** The lines that a text is broken into to fit a width. */
export function wrapped(content: string, width: number, size: number): string[] {
  const lines: string[] = [];
  for (const word of content.split(/\s+/)) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && textWidth(longer, size) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** Text without what XML reads as its own or cannot hold. */
export function escapeXml(content: string): string {
  return content
    .replaceAll(/[^\t\n\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const tenth = (value: number) => Number(value.toFixed(1));
