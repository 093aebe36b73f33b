import { describe, expect, test } from 'vitest';
import type { BlobStore } from '../../src/models/blob-store.ts';

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text));

/** What every store of blobs must do; `open` gives an empty one. */
export function blobStoreContract(name: string, open: () => BlobStore | Promise<BlobStore>): void {
  describe(`a ${name}`, () => {
    test('gives back what was put last, byte by byte', async () => {
      const blobs = await open();
      const all = Uint8Array.from({ length: 70_000 }, (_, i) => i % 251);
      await blobs.put('popular/a.slm', bytesOf('before'));
      await blobs.put('popular/a.slm', all);
      expect(new Uint8Array((await blobs.get('popular/a.slm'))!)).toEqual(all);
      await blobs.put('popular/a.slm', new Uint8Array());
      expect((await blobs.get('popular/a.slm'))?.length).toBe(0);
    });

    test('knows nothing of what was never put, or removed', async () => {
      const blobs = await open();
      expect(await blobs.get('popular/a')).toBeUndefined();
      expect(await blobs.list('popular')).toEqual([]);
      await blobs.put('popular/a', bytesOf('x'));
      await blobs.remove('popular/a');
      await blobs.remove('popular/a');
      expect(await blobs.get('popular/a')).toBeUndefined();
      expect(await blobs.list('popular')).toEqual([]);
    });

    test('lists a folder in order of key, and neither those beside nor below it', async () => {
      const blobs = await open();
      for (const key of ['m/b', 'm/a', 'm/deep/c', 'mm/a', 'n']) await blobs.put(key, bytesOf(key));
      const listed = await blobs.list('m');
      expect(listed.map(({ key, bytes }) => [key, bytes])).toEqual([
        ['m/a', 3],
        ['m/b', 3],
      ]);
      for (const { atMs } of listed) expect(Math.abs(Date.now() - atMs)).toBeLessThan(3_600_000);
    });

    test('is given keys that lead nowhere else', async () => {
      const blobs = await open();
      for (const key of [
        '',
        '/etc/passwd',
        '../a',
        'a/../b',
        'a//b',
        '.a',
        'a/-b',
        'a b',
        'a\0b',
      ]) {
        await expect(blobs.get(key)).rejects.toThrow(RangeError);
        await expect(blobs.put(key, bytesOf('x'))).rejects.toThrow(RangeError);
        await expect(blobs.remove(key)).rejects.toThrow(RangeError);
        await expect(blobs.list(key)).rejects.toThrow(RangeError);
      }
    });

    test('holds one of two values that are put at once, whole', async () => {
      const blobs = await open();
      const values = ['a', 'b', 'c'].map((letter) => bytesOf(letter.repeat(50_000)));
      await Promise.all(values.map((value) => blobs.put('m/one', value)));
      const text = Buffer.from((await blobs.get('m/one'))!).toString();
      expect(text).toBe(text[0].repeat(50_000));
      expect((await blobs.list('m')).map(({ key }) => key)).toEqual(['m/one']);
    });
  });
}
