import { type BigIntStats, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type Schedule, systemSchedule } from '../domain/schedule.ts';

/** What is watched, and what then happens. */
export interface WatchFilesOptions {
  /** Asked before every look, as files come and go with the configuration. */
  readonly files: () => readonly string[];
  readonly everySeconds: number;
  /** Awaited before the next look; one that answers `false` is called again then. */
  readonly onChange: () => Promise<unknown>;
  readonly schedule?: Schedule;
}

/**
 * Looks at files again and again, and calls back once when some have changed and then stayed the same for one more
 * look: whoever writes several files is let finish. Looking works where notices of the file system do not: mounted
 * volumes, links that are swapped, editors that write a new file.
 */
export function watchFiles(options: WatchFilesOptions): { close(): void } {
  const { files, everySeconds, onChange, schedule = systemSchedule } = options;
  let isClosed = false;
  let cancel = () => {};
  // At once: what changes from now on must not be taken for what was there.
  let acted = stateAtOnce(files());
  let seen: string | undefined;
  const look = async () => {
    const now = await stateOf(files());
    if (isClosed) return;
    if (now !== acted && now === seen) {
      const done = await onChange().catch(() => {});
      if (done !== false) acted = now;
    }
    seen = now;
    if (!isClosed) cancel = schedule(everySeconds * 1000, look);
  };
  void look();
  return {
    close() {
      isClosed = true;
      cancel();
    },
  };
}

async function stateOf(files: readonly string[]): Promise<string> {
  const states = await Promise.all(
    files.map(async (file) => {
      return describe(await stat(file, { bigint: true }).catch(() => undefined));
    }),
  );
  return JSON.stringify([files, states]);
}

function stateAtOnce(files: readonly string[]): string {
  const states = files.map((file) => {
    try {
      return describe(statSync(file, { bigint: true, throwIfNoEntry: false }));
    } catch {
      return describe(undefined);
    }
  });
  return JSON.stringify([files, states]);
}

const describe = (found: BigIntStats | undefined): string =>
  found === undefined ? 'none' : `${found.ino} ${found.size} ${found.mtimeNs}`;
