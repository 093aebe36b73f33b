import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alert, createTestTime, openTestWebhooks, over, startMs } from './open-test-webhooks.ts';
import { openReceiver, type Receiver, status } from './receiver.ts';

const works = ['a', 'b', 'c'];
const step = fc.oneof(
  fc.record({ do: fc.constant('fire' as const), work: fc.constantFrom(...works) }),
  fc.record({ do: fc.constant('end' as const), work: fc.constantFrom(...works) }),
  fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(1, 10, 100) }),
  fc.record({ do: fc.constant('answer' as const), code: fc.constantFrom(200, 302, 429, 500) }),
  fc.record({ do: fc.constant('restart' as const) }),
);

/** What a receiver believes that reads each message once, by its id. */
function believed({ received }: Receiver, from: number): Map<string, string> {
  const seen = new Set<string>();
  const states = new Map<string, string>();
  for (const { headers, body } of received.slice(from)) {
    const id = headers['webhook-id'] as string;
    if (seen.has(id)) continue;
    seen.add(id);
    for (const one of body.alerts) states.set(one.labels.work, one.status);
  }
  return states;
}

test('whatever fails on the way, a receiver ends up knowing what is so', async () => {
  const receiver = await openReceiver();
  const pager = {
    url: receiver.url,
    groupBy: ['work'],
    groupWaitSeconds: 0,
    groupIntervalSeconds: 5,
    repeatIntervalSeconds: 86_400,
  };
  const property = fc.asyncProperty(
    fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }),
    async (steps) => {
      const from = receiver.received.length;
      const time = createTestTime();
      let opened = await openTestWebhooks({ pager }, { time });
      const { storage } = opened;
      const lasting = new Map<string, ReturnType<typeof alert>>();
      receiver.answer = status(200);
      for (const action of steps) {
        if (action.do === 'fire') {
          const one = alert({ work: action.work }, { startsAtMs: time.clock.now() });
          if (!lasting.has(action.work)) lasting.set(action.work, one);
          await opened.webhooks.send([lasting.get(action.work)!]);
        } else if (action.do === 'end') {
          const one = lasting.get(action.work);
          lasting.delete(action.work);
          if (one) await opened.webhooks.send([over(one, (time.clock.now() - startMs) / 1000)]);
        } else if (action.do === 'wait') await time.advance(action.seconds);
        else if (action.do === 'answer') receiver.answer = status(action.code);
        else {
          await opened.webhooks.close();
          opened = await openTestWebhooks({ pager }, { time, storage });
        }
      }
      receiver.answer = status(200);
      await time.advance(400);
      for (let rounds = 0; rounds < 2000; rounds++) {
        const { rows } = await storage.scan('deliveries', { limit: 99 });
        if (rows.length === 0) break;
        await time.advance(1);
        const later = rows.map(({ dueAtMs }) => dueAtMs).filter((atMs) => atMs > time.clock.now());
        if (later.length > 0) await time.advanceTo(Math.min(...later));
      }
      expect(opened.webhooks.status()[0].queued).toBe(0);
      const states = believed(receiver, from);
      for (const work of works) {
        const expected = lasting.has(work) ? ['firing'] : ['resolved', undefined];
        expect(expected).toContain(states.get(work));
      }
      expect(opened.facts.outcomes()).not.toContain('dropped');
      await opened.webhooks.close();
    },
  );
  await fc.assert(property, { numRuns: 40 });
});
