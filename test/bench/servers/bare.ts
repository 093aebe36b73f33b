/** Hono with nothing around it: answers every GET with the same bytes, built anew or ready made. */
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { answerParent, programOptions } from '../harness/answer-parent.ts';

const { body, mode } = programOptions<{ body: string; mode: 'json' | 'body' }>();
const answer = JSON.parse(body) as Record<string, unknown>;
const app = new Hono();
if (mode === 'json') app.get('*', (c) => c.json(answer));
else app.get('*', (c) => c.body(body, 200, { 'content-type': 'application/json' }));

const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, (info: AddressInfo) => {
  answerParent({ port: info.port }, { flush: () => {}, close: () => server.close() });
});
