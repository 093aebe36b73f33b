import { inflateRawSync } from 'node:zlib';

/** The most bytes that an entry may have unpacked. */
const maxEntryBytes = 256 * 2 ** 20;

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const endBytes = 22;

/**
 * Unpacks one entry of a zip archive, found by its full name in the central directory. Throws when it is not there,
 * too large, or packed by another method than deflate.
 */
export function readZipEntry(archive: Buffer, name: string): Buffer {
  const end = archive.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0 || end + endBytes > archive.length || archive.readUInt32LE(end) !== endSignature)
    throw new Error('archive has no directory, expected a zip file');
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    if (archive.readUInt32LE(at) !== entrySignature) throw new Error('directory of archive is cut');
    const nameEnd = at + 46 + archive.readUInt16LE(at + 28);
    if (archive.toString('utf8', at + 46, nameEnd) === name) return unpack(archive, at, name);
    at = nameEnd + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  throw new Error(`archive holds no ${name}`);
}

function unpack(archive: Buffer, entry: number, name: string): Buffer {
  const method = archive.readUInt16LE(entry + 10);
  const packed = archive.readUInt32LE(entry + 20);
  const local = archive.readUInt32LE(entry + 42);
  const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const bytes = archive.subarray(start, start + packed);
  if (method === 0) return bytes;
  if (method !== 8) throw new Error(`${name} is packed by method ${method}, expected deflate`);
  return inflateRawSync(bytes, { maxOutputLength: maxEntryBytes });
}
