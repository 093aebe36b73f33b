import type { Dashboard } from '../../src/provisioning/dashboards/dashboard.ts';
import { type DashboardPicture, margin, pageWidth } from './dashboard-picture.ts';
import { colourOf, page } from './palette.ts';
import { element, label, textWidth } from './svg.ts';

/** The title, the annotations beside it, and under them the variables with what is chosen. */
export function drawHead(
  { title, variables }: Dashboard,
  { annotations, answers: { window, chosen } }: DashboardPicture,
): string {
  const faint = { fill: page.faint } as const;
  const choices = variables.map(
    ({ name, label: shown }) => `${shown}: ${chosen[name]?.join(' + ') ?? 'All'}`,
  );
  const minutes = `Last ${Math.round((window.to - window.from) / 60)} minutes`;
  const right = { size: 12, fill: page.text, anchor: 'end' } as const;
  return [
    label(title, { x: margin + 2, y: 28 }, { size: 18, fill: page.text, weight: 500 }),
    label(minutes, { x: pageWidth - margin, y: 28 }, right),
    ...spread(
      annotations.map(({ name }) => name),
      400,
      (name, x, n) => [
        element('path', { d: `M${x + 4} 19l4 8h-8z`, fill: colourOf(annotations[n].colour) }),
        label(name, { x: x + 13, y: 28 }, faint),
      ],
    ),
    ...spread(['Data source: default', ...choices], margin + 2, (choice, x) => [
      label(choice, { x, y: 52 }, faint),
    ]),
  ].join('');
}

/** Draws texts one after the other, from `left` on. */
function spread(
  texts: readonly string[],
  left: number,
  draw: (text: string, x: number, n: number) => string[],
): string[] {
  let x = left;
  return texts.flatMap((text, n) => {
    const drawn = draw(text, Math.round(x), n);
    x += textWidth(text, 11) + 28;
    return drawn;
  });
}
