import { type FileHandle, open } from 'node:fs/promises';
import { SightlineError } from '../../domain/errors.ts';

/** The file of answers. */
export interface OutputFile {
  /** Whole lines that were there already and stay. */
  readonly kept: number;
  /** Adds whole lines; resolves when the file has them. */
  append(lines: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

const chunkBytes = 1 << 18;
const lineEnd = 10;

/**
 * Opens the file of answers: empty, or with `resume` behind its last whole line; a line that was cut off is removed.
 * Throws `SL_DATA_INVALID` when it cannot be written.
 */
export async function openOutput(
  path: string,
  { resume }: { resume: boolean },
): Promise<OutputFile> {
  try {
    const kept = resume ? await keepWholeLines(path) : 0;
    const file = await open(path, resume ? 'a' : 'w');
    return {
      kept,
      append: (lines) =>
        file.appendFile(lines).catch((cause) => Promise.reject(failed(path, cause))),
      close: () => file.close(),
    };
  } catch (cause) {
    throw failed(path, cause);
  }
}

function failed(path: string, cause: unknown): SightlineError {
  return new SightlineError('SL_DATA_INVALID', `output ${path} cannot be written`, { cause });
}

/** Cuts a file behind its last line end, and answers how many lines it has. */
async function keepWholeLines(path: string): Promise<number> {
  const file = await open(path, 'a+');
  try {
    if (!(await file.stat()).isFile()) return 0;
    const { lines, end } = await countLines(file);
    await file.truncate(end);
    return lines;
  } finally {
    await file.close();
  }
}

async function countLines(file: FileHandle): Promise<{ lines: number; end: number }> {
  const chunk = Buffer.alloc(chunkBytes);
  let lines = 0;
  let end = 0;
  for (let position = 0; ; ) {
    const { bytesRead } = await file.read(chunk, 0, chunkBytes, position);
    if (bytesRead === 0) return { lines, end };
    const read = chunk.subarray(0, bytesRead);
    for (let at = read.indexOf(lineEnd); at >= 0; at = read.indexOf(lineEnd, at + 1)) {
      lines += 1;
      end = position + at + 1;
    }
    position += bytesRead;
  }
}
