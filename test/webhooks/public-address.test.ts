import dns from 'node:dns';
import type { LookupFunction } from 'node:net';
import { expect, test } from 'vitest';
import { post } from '../../src/webhooks/post.ts';
import { isPublicAddress } from '../../src/webhooks/public-address.ts';
import { webhookSchema } from '../../src/webhooks/webhooks-schema.ts';
import { alert, createTestTime, openTestWebhooks } from './open-test-webhooks.ts';
import { openReceiver } from './receiver.ts';

const privateAddresses = [
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '100.127.255.255',
  '127.0.0.1',
  '127.255.0.9',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.8',
  '192.0.2.1',
  '192.168.1.1',
  '198.18.0.1',
  '203.0.113.9',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::7f00:1',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::ffff:10.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b::169.254.169.254',
  '64:ff9b:1::1',
  '100::1',
  '2001::1',
  '2001:db8::1',
  '2002:7f00:1::',
  'fc00::1',
  'fd12:3456::1',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
];

test.each(privateAddresses)('%s is not public', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test.each([
  '1.1.1.1',
  '100.63.255.255',
  '100.128.0.0',
  '172.15.0.1',
  '172.32.0.1',
  '192.167.255.255',
  '223.255.255.255',
  '2606:4700:4700::1111',
  '2a00:1450::1',
  '::ffff:8.8.8.8',
  '64:ff9b::808:808',
])('%s is public', (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

test.each(['', 'localhost', '127.0.0', '1.1.1.1.1', 'zz::'])('%j is no address', (text) => {
  expect(isPublicAddress(text)).toBe(false);
});

test.each([
  '127.0.0.1',
  '2130706433',
  '0x7f000001',
  '0x7f.1',
  '0177.0.0.1',
  '127.1',
  '0',
  '①②⑦.0.0.1',
  '127.0.0.1.',
  '169.254.169.254',
  '10.0.0.1:8080',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[fd00::1]',
])('the configuration refuses http://%s/ unless private addresses are allowed', (host) => {
  const url = `http://${host}/hook`;
  expect(webhookSchema.safeParse({ url }).error?.issues).toMatchObject([
    { path: ['url'], message: 'must be a public address, or allowPrivate true' },
  ]);
  expect(webhookSchema.safeParse({ url, allowPrivate: true }).success).toBe(true);
});

/** Asks real names of the machine, and answers made-up ones. */
function lookupOf(names: Record<string, readonly string[][]>) {
  const asked: string[] = [];
  const lookup: LookupFunction = (hostname, options, callback) => {
    asked.push(hostname);
    const turns = names[hostname];
    if (turns === undefined) return dns.lookup(hostname, options as dns.LookupAllOptions, callback);
    const turn = asked.filter((name) => name === hostname).length - 1;
    const found = turns[Math.min(turn, turns.length - 1)];
    callback(
      null,
      found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  return { lookup, asked };
}

test('names are judged by the addresses that they have when they are connected to', async () => {
  const receiver = await openReceiver();
  const { port } = new URL(receiver.url);
  const { lookup, asked } = lookupOf({
    'inside.example': [['127.0.0.1'], ['10.0.0.7', '::1'], ['::ffff:127.0.0.1']],
  });
  const { webhooks, time, facts, storage } = await openTestWebhooks(
    {
      pager: { url: `http://inside.example:${port}/?token=hidden`, allowPrivate: false },
      other: { url: `http://localhost:${port}/`, allowPrivate: false },
    },
    { lookup },
  );
  await webhooks.send([alert({})]);
  await time.advance(30);
  await facts.ended(1);
  await facts.ended(1, 'other');
  await time.advance(6);
  await facts.ended(2);
  await time.advance(360);
  await facts.ended(3);
  expect(facts.outcomes()).toEqual(['refused', 'refused', 'refused']);
  expect(facts.outcomes('other')[0]).toBe('refused');
  expect(asked.filter((name) => name === 'inside.example')).toHaveLength(3);
  expect(receiver.received).toEqual([]);
  expect(webhooks.status()[0]).toMatchObject({
    queued: 1,
    lastOutcome: 'refused',
    lastReason: 'ERR_PRIVATE_ADDRESS',
  });
  expect(JSON.stringify(webhooks.status())).not.toContain('hidden');
  // The message stays: whoever allows the address gets it.
  const again = await openTestWebhooks({ pager: { url: receiver.url } }, { storage, time, lookup });
  const { rows } = await storage.scan('deliveries', { limit: 9 });
  await time.advanceTo(rows[0].dueAtMs);
  await again.facts.ended(1);
  expect(again.facts.outcomes()).toEqual(['delivered']);
});

test('an address in the URL is judged too, where the configuration was not asked', async () => {
  const receiver = await openReceiver();
  const { port } = new URL(receiver.url);
  for (const host of ['127.0.0.1', '2130706433', '[::1]', '[::ffff:127.0.0.1]']) {
    const result = await post({
      url: new URL(`http://${host}:${port}/`),
      headers: {},
      body: '{}',
      timeoutMs: 1000,
      allowPrivate: false,
      lookup: dns.lookup as LookupFunction,
      schedule: createTestTime().schedule,
      signal: new AbortController().signal,
    });
    expect(result).toEqual({ failure: 'ERR_PRIVATE_ADDRESS' });
  }
  expect(receiver.received).toEqual([]);
});
