import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bottomOf, gridColumns, placePanels } from '../../../src/provisioning/grafana/layout.ts';
import { overlaps } from './classic-panels.ts';

const sizes = fc.array(
  fc.record({ width: fc.integer({ min: -3, max: 40 }), height: fc.integer({ min: 0, max: 20 }) }),
  { maxLength: 30 },
);

test('panels fill each line, stay on the grid and do not overlap', () => {
  fc.assert(
    fc.property(sizes, fc.nat(100), (panels, top) => {
      const places = placePanels(panels, top);
      expect(places).toHaveLength(panels.length);
      const lines = Map.groupBy(places, ({ y }) => y);
      for (const line of lines.values()) {
        expect(line.reduce((sum, { w }) => sum + w, 0)).toBe(gridColumns);
        expect(new Set(line.map(({ h }) => h)).size).toBe(1);
      }
      places.forEach((place, p) => {
        expect(Math.min(place.x, place.y - top, place.w - 1, place.h - 1)).toBeGreaterThanOrEqual(
          0,
        );
        for (const other of places.slice(0, p)) expect(overlaps(place, other)).toBe(false);
      });
    }),
    { numRuns: 60 },
  );
});

test('panels keep their order, and lie side by side as long as they fit', () => {
  fc.assert(
    fc.property(sizes, (panels) => {
      const places = placePanels(panels);
      places.slice(1).forEach((place, p) => {
        const before = places[p];
        const isBeside = place.y === before.y && place.x === before.x + before.w;
        expect(isBeside || (place.x === 0 && place.y === before.y + before.h)).toBe(true);
      });
    }),
    { numRuns: 60 },
  );
});

test('widths that make full lines stay as they are', () => {
  const panels = [8, 8, 8, 12, 12, 24].map((width) => ({ width, height: 8 }));
  expect(placePanels(panels).map(({ x, y, w }) => [x, y, w])).toEqual([
    [0, 0, 8],
    [8, 0, 8],
    [16, 0, 8],
    [0, 8, 12],
    [12, 8, 12],
    [0, 16, 24],
  ]);
});

test('a panel that no longer fits begins a line, and the columns left over are shared', () => {
  const panels = [6, 12, 12].map((width) => ({ width, height: 4 }));
  expect(placePanels(panels).map(({ x, y, w }) => [x, y, w])).toEqual([
    [0, 0, 9],
    [9, 0, 15],
    [0, 4, 24],
  ]);
});

test('a line is as high as its highest panel, and the next one lies under it', () => {
  const places = placePanels(
    [
      { width: 12, height: 4 },
      { width: 12, height: 9 },
      { width: 24, height: 3 },
    ],
    5,
  );
  expect(places.map(({ y, h }) => [y, h])).toEqual([
    [5, 9],
    [5, 9],
    [14, 3],
  ]);
  expect(bottomOf(places)).toBe(17);
});

test('no panels end where they would begin', () => {
  expect(bottomOf(placePanels([]), 7)).toBe(7);
});
