/**
 * ZIP archives in memory. fflate does the packing; checksums are verified here, since fflate reads
 * past a flipped bit without a word.
 */
// Not 'fflate': in Node that loads worker_threads, for calls that are not made here.
import { unzipSync, zipSync, type Zippable } from 'fflate/browser';
import { FormatError } from '../errors.js';

const CENTRAL_ENTRY = 0x02014b50;
const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const END_SIZE = 22;
const UTF8_FLAG = 0x800;
const MAX_COMMENT = 0xffff;
/** From here on an archive needs fields that fflate does not write. */
const MAX_BYTES = 0xffffffff;
const MAX_MEMBERS = 0xffff;

/** A fixed time, so that equal contents give equal bytes; the earliest that ZIP can hold. */
const MEMBER_TIME = new Date(1980, 0, 1);

const utf8 = new TextDecoder();

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = crcTable[(crc ^ bytes[i]) & 0xff] ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** An archive of the members in their order. @throws FormatError (E_FORMAT) beyond 4 GiB. */
export function writeZip(
  members: readonly (readonly [name: string, bytes: Uint8Array])[],
  compress: boolean,
): Uint8Array {
  // Room for two headers a member; names are at most 3 bytes a character.
  const total = members.reduce(
    (sum, [name, bytes]) => sum + bytes.length + 128 + 6 * name.length,
    0,
  );
  if (total > MAX_BYTES || members.length >= MAX_MEMBERS) {
    throw new FormatError(
      `[zip] expected less than 4 GiB and 65535 members, got ${total} bytes in ${members.length}`,
      { hint: 'write large arrays as .npy files of their own' },
    );
  }
  const files: Zippable = Object.fromEntries(members.map(([name, bytes]) => [name, bytes]));
  return zipSync(files, { level: compress ? 6 : 0, mtime: MEMBER_TIME });
}

/** The members of an archive, by name. @throws FormatError (E_FORMAT) when it is damaged. */
export function readZip(bytes: Uint8Array): Map<string, Uint8Array> {
  const sums = readDirectory(bytes);
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'unknown';
    throw new FormatError(`[zip] expected a readable archive, got an error: ${reason}`, { cause });
  }
  const members = new Map(Object.entries(files));
  for (const [name, sum] of sums) {
    const member = members.get(name);
    if (member === undefined || crc32(member) !== sum) {
      throw new FormatError(`[zip] expected member ${name} to match its checksum, got other bytes`);
    }
  }
  return members;
}

/** The checksum of every member, from the directory at the archive's end. */
function readDirectory(bytes: Uint8Array): Map<string, number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const { count, start } = locateDirectory(view);
    const sums = new Map<string, number>();
    let at = start;
    for (let i = 0; i < count; i++) {
      if (view.getUint32(at, true) !== CENTRAL_ENTRY) throw new RangeError('no directory entry');
      const nameLength = view.getUint16(at + 28, true);
      const rest = view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
      const name = bytes.subarray(at + 46, at + 46 + nameLength);
      const isUtf8 = (view.getUint16(at + 8, true) & UTF8_FLAG) !== 0;
      sums.set(
        isUtf8 ? utf8.decode(name) : String.fromCharCode(...name),
        view.getUint32(at + 16, true),
      );
      at += 46 + nameLength + rest;
    }
    return sums;
  } catch (cause) {
    // DataView throws a RangeError where the archive ends too early.
    if (!(cause instanceof RangeError)) throw cause;
    throw new FormatError('[zip] expected a ZIP archive, got bytes without a sound directory', {
      cause,
    });
  }
}

function locateDirectory(view: DataView): { count: number; start: number } {
  const lowest = Math.max(0, view.byteLength - END_SIZE - MAX_COMMENT);
  let end = view.byteLength - END_SIZE;
  while (end >= lowest && view.getUint32(end, true) !== END) end--;
  if (end < lowest) throw new RangeError('no end record');
  const count = view.getUint16(end + 10, true);
  const start = view.getUint32(end + 16, true);
  if (count !== MAX_MEMBERS && start !== MAX_BYTES) return { count, start };
  if (view.getUint32(end - 20, true) !== LOCATOR_64) return { count, start };
  const end64 = Number(view.getBigUint64(end - 12, true));
  if (view.getUint32(end64, true) !== END_64) throw new RangeError('no 64-bit end record');
  return {
    count: Number(view.getBigUint64(end64 + 32, true)),
    start: Number(view.getBigUint64(end64 + 48, true)),
  };
}
