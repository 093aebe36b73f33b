import { createContext, type DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { heatmap, table, timeseries } from '../panels/panels.ts';
import { dashboardLink } from '../panels/point-links.ts';
import {
  clickCalibration,
  coverage,
  noClicks,
  noSlates,
  predictionError,
} from '../panels/quality-panels.ts';
import { staysUnder } from '../panels/thresholds.ts';
import { degradedShare, latencyBy, requestRate } from '../panels/traffic-panels.ts';
import { noScales } from '../rows/domain-row.ts';
import { noReadings } from '../rows/similarity-row.ts';
import type { Panel, Row } from './dashboard.ts';
import type { DashboardMaker } from './index.ts';

const ofCatalog = { catalog: '=~$catalog' } as const;
const ofBoth = { ...ofCatalog, strategy: '=~$strategy' } as const;

/** What becomes of a catalogue: how much of it is shown, to what effect, and whether it moves. */
export const catalog: DashboardMaker = (definition) => {
  const context = createContext(definition);
  const { variables } = context;
  return {
    key: 'catalog',
    title: 'Catalog',
    description:
      'What becomes of a catalogue: how much of it is shown and how evenly, whether predicted clicks happen, and whether demand moves.',
    variables: [variables.catalog, variables.strategy],
    rows: [shown(context), cold(context), requests(context), clicks(context), moved(context)],
  };
};

function shown(context: DashboardContext): Row {
  const { q } = context;
  return {
    title: 'What is shown',
    panels: line(
      coverage(context, { where: ofBoth, by: ['catalog', 'strategy'] }),
      timeseries({
        key: 'gini',
        title: 'Exposure inequality',
        description:
          'How unevenly exposures fall on the live items of a catalogue (Gini), of all strategies: 0 is even, 1 is a single item. A rise is a few items that get all the places; more diversity or exploration spreads them.',
        unit: 'short',
        min: 0,
        max: 1,
        queries: [
          {
            expr: q.level('catalog_gini_ratio', { where: ofCatalog, by: ['catalog'] }),
            legend: '{{catalog}}',
          },
        ],
        mayBeEmpty: noSlates,
        links: [dashboardLink('catalog')],
      }),
      leastShown(context),
    ),
  };
}

function leastShown({ q }: DashboardContext): Panel {
  const covered = q.level('catalog_coverage_ratio', {
    where: ofBoth,
    by: ['catalog', 'strategy'],
    of: 'max',
  });
  return table({
    key: 'least-shown',
    title: 'Least shown',
    description:
      'The ten pairs of catalogue and strategy of which the smallest share is shown now. What nobody sees nobody clicks, so no model learns it: look at Cold exposures next.',
    unit: 'percentunit',
    queries: [{ expr: `bottomk(10, ${covered})`, legend: 'Coverage', isInstant: true }],
    columns: { catalog: 'Catalogue', strategy: 'Strategy' },
    mayBeEmpty: noSlates,
    links: [dashboardLink('catalog'), dashboardLink('strategy')],
  });
}

function cold({ q }: DashboardContext): Row {
  return {
    title: 'New items',
    panels: line(
      timeseries({
        key: 'cold-exposures',
        title: 'Cold exposures',
        description:
          'Share of exposures that went to items without a learnt vector. Next to 0 with cold items waiting means that new items get no chance; high means that models are older than the catalogue.',
        unit: 'percentunit',
        min: 0,
        queries: [
          {
            expr: q.level('cold_exposure_ratio', { where: ofCatalog, by: ['catalog'] }),
            legend: '{{catalog}}',
          },
        ],
        mayBeEmpty: noSlates,
        links: [dashboardLink('catalog')],
      }),
      timeseries({
        key: 'cold-items',
        title: 'Cold items waiting',
        description:
          'Items that wait for their first vector, by the instance that knows of most. It should fall after each training; one that grows for a day is a training that does not happen, see Data and model freshness.',
        unit: 'short',
        min: 0,
        queries: [
          {
            expr: q.level('cold_items', { where: ofCatalog, by: ['catalog'], of: 'max' }),
            legend: '{{catalog}}',
          },
        ],
        mayBeEmpty: 'while every item has its vector',
        links: [{ title: 'Data and model freshness', to: { dashboard: 'freshness' } }],
      }),
    ),
  };
}

function requests(context: DashboardContext): Row {
  const view = { where: ofBoth, by: 'catalog' } as const;
  return {
    title: 'Requests by catalogue',
    panels: line(
      requestRate(context, view),
      latencyBy(context, view),
      degradedShare(context, view),
    ),
  };
}

function clicks(context: DashboardContext): Row {
  const { q } = context;
  const view = { where: ofBoth, by: ['catalog'] } as const;
  return {
    title: 'Clicks',
    panels: line(
      clickCalibration(context, view),
      predictionError(context, view),
      timeseries({
        key: 'calibration-error',
        title: 'Calibration error',
        description:
          'How far predicted clicks are from clicks, mean over bins of the prediction (ECE). Nearer to 0 is better; a catalogue far above the others is one the scorer knows least.',
        unit: 'percentunit',
        min: 0,
        queries: [
          {
            expr: q.level('ctr_calibration_error_ratio', { where: ofBoth, by: ['catalog'] }),
            legend: '{{catalog}}',
          },
        ],
        mayBeEmpty: noClicks,
        links: [dashboardLink('catalog')],
      }),
    ),
  };
}

function moved(context: DashboardContext): Row {
  return {
    title: 'What moved',
    panels: [...line(...similarity(context)), ...line(...drift(context))],
  };
}

function similarity({ q, recorded }: DashboardContext): Panel[] {
  return [
    timeseries({
      key: 'similarity-decay',
      title: 'Similarity decay',
      description:
        'Share of the readings of items in the last hour whose neighbourhood faded faster than the threshold for learning anew; an hour, as an item is read at its clicks only. A rise is a model that grows old: see Data and model freshness. Read from recording rules.',
      unit: 'percentunit',
      min: 0,
      queries: [
        {
          expr: recorded('sightline:similarity_decay_share:1h', ofCatalog),
          legend: '{{catalog}}',
        },
      ],
      mayBeEmpty: noReadings,
      links: [dashboardLink('catalog')],
    }),
    heatmap({
      key: 'decay-distribution',
      title: 'Distribution of similarity decay',
      description:
        'How many readings of items of the chosen catalogues lost how much of their mean similarity per event; 0 is stable. A band that climbs is a model whose neighbourhoods are of yesterday.',
      unit: 'short',
      queries: [
        { expr: q.buckets('item_similarity_decay_rate', { where: ofCatalog }), legend: '{{le}}' },
      ],
      mayBeEmpty: noReadings,
    }),
  ];
}

function drift({ q }: DashboardContext): Panel[] {
  const between = (name: 'domain_drift_coefficient' | 'domain_distance') =>
    (['source', 'target'] as const)
      .map((side) =>
        q.level(name, { where: { [side]: domains }, by: ['source', 'target'], of: 'max' }),
      )
      .join(' or ');
  const links = [{ title: 'Drift and signals', to: { dashboard: 'drift' } }];
  const legend = '{{source}} → {{target}}';
  return [
    timeseries({
      key: 'drift',
      title: 'Domain drift',
      description:
        'How far demand moved in pairs of domains of which the catalogue is a part. 1 is as far as chance allows at most; above it, people want something else or clicks come through the wrong door.',
      unit: 'short',
      min: 0,
      queries: [{ expr: between('domain_drift_coefficient'), legend }],
      ...staysUnder(1),
      mayBeEmpty: noScales,
      links,
    }),
    timeseries({
      key: 'distance',
      title: 'Domain distance',
      description:
        'The distances behind Domain drift before they are divided by their scales. Where the coefficient is cut at its bound, this still tells how far it is.',
      unit: 'short',
      min: 0,
      queries: [{ expr: between('domain_distance'), legend }],
      mayBeEmpty: noScales,
      links,
    }),
  ];
}

/** A domain is a catalogue or a union of several, with `+` between. */
const domains = '=~(.+[+])?($catalog)([+].+)?';
