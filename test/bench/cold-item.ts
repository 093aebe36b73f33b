import { join, resolve } from 'node:path';
import { type ColdShop, cutShop } from './cold-item/cold-shop.ts';
import { compareArms } from './cold-item/compare-arms.ts';
import { type ArmResult, playArm } from './cold-item/play-arm.ts';
import type { Bench } from './harness/bench.ts';
import { withTemporaryFolder } from './harness/temporary-folder.ts';

const repository = resolve(import.meta.dirname, '../..');
const cutMs = Date.UTC(2008, 6, 14);
const perCatalog = 2;
const minClicks = 200;
const seed = 3;

/**
 * Items that come into the demo shop while its last fifth is replayed: how soon each has a vector, and how often the
 * next click on it is among the 20 served before and after. The same clicks are played against three gateways: one
 * that learns the items, one that does not, and one that was trained with them.
 *
 * The replay stands still from the click with which an item was clicked enough until its vector is served: a month
 * is played in a minute, and the seconds that this takes are nothing in the time of the recording.
 */
export const coldItemBench: Bench = ({ dataFolder, log }) =>
  withTemporaryFolder(async (folder) => {
    const path = join(dataFolder ?? join(repository, 'demo'), 'eshop-clothing-2008.csv.gz');
    const shop = await cutShop({ path, folder, cutMs, perCatalog, minClicks, seed });
    log(`cold items: ${shop.cold.map(({ id, catalog }) => `${id} of ${catalog}`).join(', ')}`);
    const arms = await playArms(shop, folder, log);
    return {
      ...compareArms(shop, { ...arms, cutMs }),
      replayed_clicks: shop.clicks.length,
      protocol:
        'work session, n 20, asked before each click of a session but its first; after: answered by a generation that has the vector; the other arms on the same clicks',
    };
  });

async function playArms(
  shop: ColdShop,
  folder: string,
  log: (line: string) => void,
): Promise<Record<'without' | 'learning' | 'known', ArmResult>> {
  const play = (name: string, options: { dataset: string; models: string; retrain: boolean }) => {
    const { dataset, models, retrain } = options;
    log(`${name}:`);
    return playArm(shop, {
      folder: join(folder, name),
      modelFolder: join(folder, models),
      dataset,
      retrain,
      putsItems: dataset !== shop.fullDataset,
      log,
    });
  };
  const { dataset, fullDataset } = shop;
  // In this order the first two begin with the same models.
  return {
    without: await play('without', { dataset, models: 'models', retrain: false }),
    learning: await play('learning', { dataset, models: 'models', retrain: true }),
    known: await play('known', { dataset: fullDataset, models: 'all-models', retrain: false }),
  };
}
