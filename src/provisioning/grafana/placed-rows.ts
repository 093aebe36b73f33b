import { SightlineError } from '../../domain/errors.ts';
import type { Dashboard, Panel, Row } from '../dashboards/dashboard.ts';
import { panelId } from './identity.ts';
import { bottomOf, type Place, placePanels } from './layout.ts';

/** A row with its ids and places; a heading is one line high. */
export interface PlacedRow {
  readonly row: Row;
  readonly id: number;
  /** Line of the grid that the heading stands on. */
  readonly y: number;
  readonly panels: readonly PlacedPanel[];
}

/** A panel with its id and place. */
export interface PlacedPanel {
  readonly panel: Panel;
  readonly id: number;
  /** Counted from the line under the heading of its row. */
  readonly place: Place;
}

/**
 * Gives the rows and panels of a dashboard their ids and places. A closed row takes the line of its heading only.
 * Throws SL_INTERNAL where two keys have one id.
 */
export function placeRows({ key, rows }: Dashboard): PlacedRow[] {
  const idOf = createIds(key);
  let y = 0;
  return rows.map((row) => {
    const places = placePanels(row.panels);
    const placed: PlacedRow = {
      row,
      id: idOf(`row ${row.title}`),
      y,
      panels: row.panels.map((panel, p) => ({ panel, id: idOf(panel.key), place: places[p] })),
    };
    y += 1 + (row.isCollapsed ? 0 : bottomOf(places));
    return placed;
  });
}

function createIds(dashboard: string): (key: string) => number {
  const keys = new Map<number, string>();
  return (key) => {
    const id = panelId(key);
    const other = keys.get(id);
    if (other !== undefined) {
      throw new SightlineError(
        'SL_INTERNAL',
        `panels ${other} and ${key} of dashboard ${dashboard} have the id ${id}, expected different keys with different ids`,
      );
    }
    keys.set(id, key);
    return id;
  };
}
