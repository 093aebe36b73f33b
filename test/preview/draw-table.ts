import type { Panel } from '../../src/provisioning/dashboards/dashboard.ts';
import { refIdOf } from '../../src/provisioning/grafana/data-query.ts';
import { columnNames } from '../../src/provisioning/grafana/table-columns.ts';
import { formatValue } from './format-value.ts';
import { page } from './palette.ts';
import type { PanelDrawer, PanelPicture } from './panel-picture.ts';
import { element, label } from './svg.ts';

const rowHeight = 22;
const hidden = ['__name__', 'environment', 'job'];

type Cells = Readonly<Record<string, string>>;

/** Labels and values in rows; those that have no room are counted. */
export const drawTable: PanelDrawer = (picture, { x, y, width, height }) => {
  const { panel } = picture;
  const rows = rowsOf(picture);
  const columns = columnsOf(panel, rows);
  const columnWidth = width / columns.length;
  const room = Math.max(1, Math.floor(height / rowHeight) - 1);
  const cell = (text: string, c: number, top: number) =>
    label(
      text,
      { x: x + c * columnWidth + 6, y: top + 15 },
      { size: 11, fill: page.text, maxWidth: columnWidth - 10 },
    );
  const heading = columns.map(([, title], c) =>
    label(
      title,
      { x: x + c * columnWidth + 6, y: y + 15 },
      { size: 11, fill: '#6e9fff', weight: 500, maxWidth: columnWidth - 10 },
    ),
  );
  const lines = rows.slice(0, room).map((row, r) => {
    const top = y + (r + 1) * rowHeight;
    const rule = element('path', { d: `M${x} ${top}h${width.toFixed(1)}`, stroke: page.border });
    return rule + columns.map(([field], c) => cell(row[field] ?? '', c, top)).join('');
  });
  const rest = rows.length - room;
  const more = label(
    `+ ${rest} rows`,
    { x: x + width, y: y + height },
    { size: 10, anchor: 'end' },
  );
  return [...heading, ...lines, rest > 0 ? more : ''].join('');
};

/** One row for each set of labels, with the values of all queries. */
function rowsOf({ panel, answers, window }: PanelPicture): Cells[] {
  const { queries, unit, decimals } = panel;
  const rows = new Map<string, Record<string, string>>();
  answers.forEach(({ series }, q) => {
    const field = queries.length === 1 ? 'Value' : `Value #${refIdOf(q)}`;
    for (const { metric, points } of series) {
      const { __name__, ...labels } = metric;
      const key = JSON.stringify(Object.entries(labels).sort());
      const row = rows.get(key) ?? { ...labels };
      row[field] = formatValue(points.at(-1)![1], unit, { decimals, nowSeconds: window.to });
      rows.set(key, row);
    }
  });
  return [...rows.values()];
}

/** Fields and titles, as the table of Grafana is told to have them. */
function columnsOf(panel: Panel, rows: readonly Cells[]): [field: string, title: string][] {
  const named = columnNames(panel);
  if (panel.columns !== undefined || panel.shape === 'alerts') return Object.entries(named);
  const labels = [...new Set(rows.flatMap(Object.keys))].filter((field) => !hidden.includes(field));
  return labels.map((field) => [field, named[field] ?? field]);
}
