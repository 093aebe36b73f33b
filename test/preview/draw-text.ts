import { page } from './palette.ts';
import type { PanelDrawer } from './panel-picture.ts';
import { type Box, label, wrapped } from './svg.ts';

/** The words of a text, without its marks. */
export const drawText: PanelDrawer = ({ panel }, { x, y, width }) => {
  const words = (panel.text ?? '')
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[`*]/g, '');
  return wrapped(words, width - 8, 11)
    .map((line, n) => label(line, { x: x + 4, y: y + 14 + n * 15 }, { fill: page.text }))
    .join('');
};

/** A sentence in the middle of a panel that has nothing else to show. */
export function drawSentence(sentence: string, { x, y, width, height }: Box): string {
  const lines = wrapped(sentence, width - 12, 11);
  const top = y + height / 2 - lines.length * 7.5 + 10;
  return lines
    .map((line, n) => label(line, { x: x + width / 2, y: top + n * 15 }, { anchor: 'middle' }))
    .join('');
}
