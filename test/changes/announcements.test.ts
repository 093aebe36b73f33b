import {
  afterAll,
  beforeAll,
  beforeEach,
  test as everywhere,
  expect,
  onTestFinished,
} from 'vitest';
import {
  type Announcement,
  type Announcements,
  openAnnouncements,
} from '../../src/changes/announcements.ts';
import type { Emit } from '../../src/telemetry/facts.ts';
import { testWith } from '../installed.ts';
import { openRedisServer, type RedisServer, until } from '../stores/features/redis-server.ts';

const test = testWith('redis-server');

let server: RedisServer | undefined;
let channel: string;
let channels = 0;

beforeAll(async () => {
  if (test !== everywhere.skip) server = await openRedisServer();
});
afterAll(() => server?.close());
beforeEach(() => {
  channel = `changes-${channels++}`;
});

/** An instance on the channel of the test. */
function join(on = server!.url) {
  const heard: Announcement[] = [];
  const told: object[] = [];
  const emit: Emit = (name, fact) => void told.push({ name, ...fact });
  const announcements = openAnnouncements({
    options: { urls: [on], channel },
    password: undefined,
    emit,
    onHeard: ({ change, ...what }) => void heard.push({ change, ...what } as Announcement),
  });
  onTestFinished(() => announcements.close());
  return { announcements, heard, told };
}

/** Instances that hear each other. */
async function joinAll(count: number) {
  const all = Array.from({ length: count }, () => join());
  await until(async () => {
    const [, listening] = (await server!.client.pubsub('NUMSUB', channel)) as [string, number];
    return listening === count;
  });
  return all;
}

const invalid = { name: 'announcement.heard', change: 'invalid' };
const publication = { change: 'publish', generation: '0123456789' } as const;

test('what one tells, all others hear, and itself does not', async () => {
  const [one, two, three] = await joinAll(3);
  one.announcements.tell({ change: 'reload', reread: 'staff', force: true });
  two.announcements.tell(publication);
  const from = (heard: object) => expect.objectContaining(heard);
  await until(() => three.heard.length === 2 && one.heard.length === 1 && two.heard.length === 1);
  expect(two.heard).toEqual([from({ change: 'reload', reread: 'staff', force: true })]);
  expect(one.heard).toEqual([from(publication)]);
  await until(() => one.told.length === 2);
  expect(one.told).toEqual(
    expect.arrayContaining([
      { name: 'change.announced', change: 'reload', outcome: 'sent' },
      { name: 'announcement.heard', change: 'publish' },
    ]),
  );
});

test('what is no announcement is counted and not followed, and the next one is heard', async () => {
  const [one, two] = await joinAll(2);
  const from = '00000000-0000-4000-8000-000000000000';
  const wrong = [
    'hello',
    '',
    '[]',
    'null',
    JSON.stringify({ change: 'reload' }),
    JSON.stringify({ from: 'me', change: 'reload' }),
    JSON.stringify({ from, change: 'shutdown' }),
    JSON.stringify({ from, change: 'publish', generation: '../../etc' }),
    JSON.stringify({ from, change: 'reload', reread: 'x'.repeat(65) }),
    JSON.stringify({ from, change: 'reload', padding: 'x'.repeat(1024) }),
  ];
  for (const text of wrong) await server!.client.publish(channel, text);
  two.announcements.tell(publication);
  await until(() => one.heard.length === 1);
  expect(one.told).toEqual([
    ...wrong.map(() => invalid),
    { name: 'announcement.heard', change: 'publish' },
  ]);
});

test('other channels are not heard', async () => {
  const [one, two] = await joinAll(2);
  await server!.client.publish(`${channel}-else`, 'hello');
  two.announcements.tell(publication);
  await until(() => one.heard.length === 1);
  expect(one.told).not.toContainEqual(invalid);
});

const tellUntilHeard = (by: Announcements, heard: readonly Announcement[]) =>
  until(async () => {
    by.tell(publication);
    await new Promise((resolve) => setTimeout(resolve, 20));
    return heard.length > 0;
  });

test('a Redis that is away at the start is joined when it comes, and again after it was killed', async () => {
  const own = await openRedisServer();
  onTestFinished(() => own.close());
  await own.kill();
  const [one, two] = [join(own.url), join(own.url)];
  one.announcements.tell(publication);
  await until(() => one.told.length > 0);
  expect(one.told).toEqual([
    { name: 'change.announced', change: 'publish', outcome: 'failed', cause: expect.any(Error) },
  ]);
  await own.start();
  await tellUntilHeard(one.announcements, two.heard);
  await own.kill();
  await own.start();
  two.heard.length = 0;
  await tellUntilHeard(one.announcements, two.heard);
});

test('who has closed hears nothing any more', async () => {
  const [one, two, three] = await joinAll(3);
  two.announcements.close();
  one.announcements.tell(publication);
  await until(() => three.heard.length === 1);
  expect(two.heard).toEqual([]);
});
