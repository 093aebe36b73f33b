import type { Panel, Threshold } from '../../src/provisioning/dashboards/dashboard.ts';

/** The colours of a dark page. */
export const page = {
  background: '#111217',
  panel: '#181b1f',
  border: '#2c3038',
  grid: '#2a2d34',
  text: '#ccccdc',
  faint: '#9a9aa8',
} as const;

const named: Readonly<Record<Threshold['colour'], string>> = {
  green: '#73bf69',
  yellow: '#fade2a',
  orange: '#ff9830',
  red: '#f2495c',
  blue: '#5794f2',
  transparent: page.text,
};

const lines = [
  '#73bf69',
  '#f2cc0c',
  '#5794f2',
  '#ff780a',
  '#b877d9',
  '#8ab8ff',
  '#f2495c',
  '#96d98d',
  '#ffb357',
  '#a16eee',
  '#38a3a5',
  '#e5a8e2',
  '#7c8a99',
  '#c4162a',
];

/** The colour of a name of the model. */
export const colourOf = (name: Threshold['colour']): string => named[name];

/** The colour of the n-th line of a panel; after the last one it begins again. */
export const lineColour = (n: number): string => lines[n % lines.length];

/** The colour that the thresholds of a panel give a value. */
export function thresholdColour(
  value: number,
  { thresholds = [] }: Pick<Panel, 'thresholds'>,
): string {
  const reached = thresholds.filter(({ from = Number.NEGATIVE_INFINITY }) => value >= from);
  return colourOf(reached.at(-1)?.colour ?? 'transparent');
}
