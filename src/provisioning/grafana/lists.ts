import { LogsDedupStrategy, LogsSortOrder } from '@grafana/grafana-foundation-sdk/common';
import { VisualizationV2Builder as LogsBuilder } from '@grafana/grafana-foundation-sdk/logs';
import { VisualizationV2Builder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import {
  VisualizationV2Builder as TextBuilder,
  TextMode,
} from '@grafana/grafana-foundation-sdk/text';
import type { Panel } from '../dashboards/dashboard.ts';
import { setFields } from './field-settings.ts';
import type { PlacedLinks } from './panel-links.ts';
import { columnNames } from './table-columns.ts';

/** Rows of labels and values, in the order of the answer. */
export function table(panel: Panel, { ofPoints, ofColumns }: PlacedLinks): TableBuilder {
  const builder = setFields(new TableBuilder(), panel, ofPoints).filterable(true);
  const names = columnNames(panel);
  for (const [label, links] of ofColumns) {
    builder.overrideByName(names[label] ?? label, [{ id: 'links', value: [...links] }]);
  }
  return builder;
}

/** Log lines, the newest first. */
export function logs(): LogsBuilder {
  return new LogsBuilder()
    .showTime(true)
    .wrapLogMessage(true)
    .enableLogDetails(true)
    .sortOrder(LogsSortOrder.Descending)
    .dedupStrategy(LogsDedupStrategy.None);
}

/** Markdown. */
export function text({ text: content = '' }: Panel): TextBuilder {
  return new TextBuilder().mode(TextMode.Markdown).content(content);
}
