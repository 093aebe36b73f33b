import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { AnnounceOptions } from '../pipeline/generations/generations-schema.ts';
import { createRedisClient, type RedisClient } from '../stores/features/redis-client.ts';
import type { Emit } from '../telemetry/facts.ts';

/** What one instance tells the others. */
export type Announcement =
  | {
      readonly change: 'reload';
      readonly reread?: string | undefined;
      readonly force?: boolean | undefined;
    }
  | { readonly change: 'publish'; readonly generation: string };

const messageSchema = z.intersection(
  z.object({ from: z.uuid() }),
  z.discriminatedUnion('change', [
    z.object({
      change: z.literal('reload'),
      reread: z.string().max(64).optional(),
      force: z.boolean().optional(),
    }),
    z.object({ change: z.literal('publish'), generation: z.string().regex(/^[0-9a-f]{10}$/) }),
  ]),
);

/** Characters of the longest message that is read. */
const longestMessage = 1024;

/** Tells other instances of changes, and hears of theirs. */
export interface Announcements {
  /** Never throws; whoever cannot be reached now does not hear of it. */
  tell(announcement: Announcement): void;
  close(): void;
}

/** Where announcements go, and who follows them. */
export interface AnnouncementsOptions {
  readonly options: AnnounceOptions;
  readonly password: string | undefined;
  readonly emit: Emit;
  /** Told of what others tell; never of what this instance told. */
  readonly onHeard: (announcement: Announcement) => void;
}

/** Opens a channel of a Redis on which instances tell each other that something has changed, never what is in it. */
export function openAnnouncements(parts: AnnouncementsOptions): Announcements {
  const { options, password, emit, onHeard } = parts;
  const { channel, urls, username } = options;
  const own = randomUUID();
  const address = { urls, username, password };
  const listener = createRedisClient(address);
  const teller = createRedisClient(address);
  listener.on('ready', () => void listener.subscribe(channel).catch(() => {}));
  listener.on('message', (_: string, text: string) => {
    const message = read(text);
    if (message === undefined) emit('announcement.heard', { change: 'invalid' });
    else if (message.from !== own) {
      emit('announcement.heard', { change: message.change });
      onHeard(message);
    }
  });
  for (const client of [listener, teller]) client.connect().catch(() => {});
  return {
    tell(announcement) {
      send(teller, channel, { from: own, ...announcement }).then(
        () => emit('change.announced', { change: announcement.change, outcome: 'sent' }),
        (cause) =>
          emit('change.announced', { change: announcement.change, outcome: 'failed', cause }),
      );
    },
    close() {
      for (const client of [listener, teller]) client.disconnect();
    },
  };
}

async function send(client: RedisClient, channel: string, message: object): Promise<void> {
  await client.publish(channel, JSON.stringify(message));
}

function read(text: string): z.output<typeof messageSchema> | undefined {
  if (text.length > longestMessage) return undefined;
  try {
    return messageSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
