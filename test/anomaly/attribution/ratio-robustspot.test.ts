import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRatioLikelihood } from '../../../src/anomaly/attribution/ratio-likelihood.ts';
import { type RobustspotCase, readRobustspot } from '../../bench/attribution/robustspot.ts';

const real = `${process.env.SIGHTLINE_BENCH_DATA ?? '../shared/data'}/anomaly/robustspot`;
const isReal = existsSync(join(real, 'anomaly.yaml'));
if (!isReal) process.stderr.write(`skipped: no ${real}\n`);

describe('readRobustspot', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'robustspot-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const read = (cause: string, rows: readonly string[]): RobustspotCase => {
    const incident = `- data: one 1\n  timestamp: 600\n  cause: ${cause}\n`;
    writeFileSync(join(folder, 'anomaly.yaml'), incident);
    const table = ['min,value,cnt,cdn,isp', ...rows].join('\n');
    writeFileSync(join(folder, 'one 1.csv.gz'), gzipSync(table));
    return readRobustspot(folder)[0];
  };

  test('sums the minute and the four minutes before, by leaf', () => {
    const { name, table, measurement } = read("{'cdn':5}", [
      '600,3,30,5,a',
      '600,1,10,7,b',
      '540,1,20,5,a',
      '360,2,40,5,a',
      // Five minutes before, a minute after, and a leaf that is gone.
      '300,9,90,5,a',
      '660,9,90,5,a',
      '540,4,40,8,c',
    ]);
    expect(name).toBe('one 1');
    expect(table.labels).toEqual(['cdn', 'isp']);
    expect(table.values).toEqual([
      ['5', '7'],
      ['a', 'b'],
    ]);
    expect(table.codes.map((column) => [...column])).toEqual([
      [0, 1],
      [0, 1],
    ]);
    expect(measurement).toEqual({
      kind: 'ratio',
      hits: Float64Array.of(3, 1),
      trials: Float64Array.of(30, 10),
      pastHits: Float64Array.of(3, 0),
      pastTrials: Float64Array.of(60, 0),
    });
  });

  test('reads one cause, several, and labels in any order', () => {
    const rows = ['600,1,10,5,a'];
    expect(read("{'isp':'a', 'cdn':5}", rows).labels).toEqual(['cdn=5&isp=a']);
    expect(read("[{'cdn':5}, {'isp':'a','cdn':7}]", rows).labels).toEqual(['cdn=5', 'cdn=7&isp=a']);
  });

  test('refuses a list of incidents in another form', () => {
    expect(() => read('5', ['600,1,10,5,a'])).toThrow();
  });

  test.skipIf(!isReal)('the true cause explains most real incidents', () => {
    const cases = readRobustspot(real);
    expect(cases.length).toBeGreaterThanOrEqual(45);
    const gains = cases.slice(0, 30).map(({ table, measurement, labels }) => {
      const likelihood = createRatioLikelihood(measurement, table);
      const pairs = labels[0].split('&').map((pair) => pair.split('='));
      const leaves = Uint32Array.from(Array(table.count).keys()).filter((leaf) =>
        pairs.every(([label, value]) => {
          const index = table.labels.indexOf(label);
          return table.values[index][table.codes[index][leaf]] === value;
        }),
      );
      const fitted = new Float64Array(leaves.length);
      const { ratio, cost } = likelihood.fit(leaves, leaves.length, fitted);
      const gain = fitted.reduce((sum, log, i) => sum + log - likelihood.normal[leaves[i]], -cost);
      return { gain, ratio };
    });
    expect(gains.filter(({ gain, ratio }) => gain > 8 && ratio > 1).length).toBeGreaterThanOrEqual(
      24,
    );
  });
});
