/**
 * NumPy's .npy and .npz formats, in memory. Reads versions 1 to 3, both byte orders and both memory
 * orders for every dtype of ours; writes version 1, little-endian, row-major. Decoded arrays have
 * memory of their own.
 */
import { FormatError } from '../errors.js';
import { allocate } from './convert.js';
import { dtypeInfo, dtypes } from './dtype.js';
import type { DType, Storage } from './dtype.js';
import { gatherElements } from './gather.js';
import { NDArray } from './ndarray.js';
import { shapeText, sizeOf } from './shape.js';
import { readZip, writeZip } from './zip.js';

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** Data starts at a multiple of this, so that it can be mapped. */
const ALIGNMENT = 64;

const hostIsLittle = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

interface Header {
  readonly dtype: DType;
  readonly littleEndian: boolean;
  readonly fortranOrder: boolean;
  readonly shape: number[];
  readonly dataStart: number;
}

function bytesOf(data: Storage): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function swapBytes(bytes: Uint8Array, width: number): void {
  for (let start = 0; start < bytes.length; start += width) {
    bytes.subarray(start, start + width).reverse();
  }
}

/** The array as the bytes of a .npy file. */
export function encodeNpy(array: NDArray): Uint8Array<ArrayBuffer> {
  const { numpy, bytes } = dtypeInfo[array.dtype];
  const dict = `{'descr': '${numpy}', 'fortran_order': False, 'shape': ${shapeText(array.shape)}, }`;
  const fixed = MAGIC.length + 4;
  const dataStart = Math.ceil((fixed + dict.length + 1) / ALIGNMENT) * ALIGNMENT;
  const text = `${dict.padEnd(dataStart - fixed - 1)}\n`;
  const elements = bytesOf(gatherElements(array));
  const file = new Uint8Array(dataStart + elements.length);
  file.set(MAGIC);
  file[6] = 1;
  new DataView(file.buffer).setUint16(8, text.length, true);
  for (let i = 0; i < text.length; i++) file[fixed + i] = text.charCodeAt(i);
  file.set(elements, dataStart);
  if (!hostIsLittle) swapBytes(file.subarray(dataStart), bytes);
  return file;
}

/** The array in the bytes of a .npy file. @throws FormatError (E_FORMAT) */
export function decodeNpy(file: Uint8Array): NDArray {
  const header = readHeader(file);
  const { dtype, shape, dataStart } = header;
  const data = allocate(dtype, sizeOf(shape));
  const bytes = bytesOf(data);
  if (file.length - dataStart !== bytes.length) {
    throw new FormatError(
      `[npy] expected ${bytes.length} bytes of ${dtype} for shape ${shapeText(shape)}, got ${file.length - dataStart}`,
    );
  }
  bytes.set(file.subarray(dataStart));
  const width = dtypeInfo[dtype].bytes;
  if (width > 1 && header.littleEndian !== hostIsLittle) swapBytes(bytes, width);
  if (dtype === 'bool') for (let i = 0; i < bytes.length; i++) bytes[i] = bytes[i] === 0 ? 0 : 1;
  if (!header.fortranOrder) return new NDArray(dtype, data, shape);
  return new NDArray(dtype, data, [...shape].reverse()).transpose().contiguous();
}

function readHeader(file: Uint8Array): Header {
  const version = file[6];
  if (file.length < 12 || MAGIC.some((byte, i) => file[i] !== byte)) {
    throw new FormatError('[npy] expected a .npy file, got bytes without its magic number');
  }
  if (version < 1 || version > 3) {
    throw new FormatError(`[npy] expected format version 1 to 3, got ${version}`);
  }
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const textStart = version === 1 ? 10 : 12;
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const dataStart = textStart + length;
  if (dataStart > file.length) {
    throw new FormatError(
      `[npy] expected a header of ${length} bytes, got a file of ${file.length}`,
    );
  }
  const text = new TextDecoder(version === 3 ? 'utf-8' : 'latin1').decode(
    file.subarray(textStart, dataStart),
  );
  return { ...parseHeader(text), dataStart };
}

/** Reads the Python dict that describes the data, e.g. `{'descr': '<f4', ..., 'shape': (2, 3), }`. */
function parseHeader(text: string): Omit<Header, 'dataStart'> {
  const field = (pattern: RegExp): string => {
    const found = pattern.exec(text);
    if (found !== null) return found[1];
    throw new FormatError(
      `[npy] expected a header with descr, fortran_order and shape, got ${text.trim()}`,
      { hint: 'structured and object dtypes are not supported' },
    );
  };
  const descr = field(/['"]descr['"]\s*:\s*['"]([^'"]*)['"]/);
  const fortran = field(/['"]fortran_order['"]\s*:\s*(True|False)\b/);
  const shape = field(/['"]shape['"]\s*:\s*\(([\d\s,L]*)\)/)
    .split(',')
    .map((length) => length.trim().replace(/L$/, ''))
    .filter((length) => length !== '')
    .map(Number);
  if (!Number.isSafeInteger(sizeOf(shape))) {
    throw new FormatError(`[npy] expected a shape that fits memory, got ${shapeText(shape)}`);
  }
  return { ...parseDescr(descr), fortranOrder: fortran === 'True', shape };
}

function parseDescr(descr: string): Pick<Header, 'dtype' | 'littleEndian'> {
  const dtype = dtypes.find((name) => dtypeInfo[name].numpy.slice(1) === descr.slice(1));
  if (dtype === undefined || !'<>|='.includes(descr[0])) {
    throw new FormatError(
      `[npy] expected a dtype among ${dtypes.join(', ')}, got NumPy descr '${descr}'`,
    );
  }
  return { dtype, littleEndian: descr[0] !== '>' };
}

export interface NpzOptions {
  /** Whether to deflate the members; stored as they are unless asked. */
  readonly compress?: boolean;
}

/** Named arrays as the bytes of a .npz file; the same arrays always give the same bytes. */
export function encodeNpz(
  arrays: Readonly<Record<string, NDArray>>,
  options: NpzOptions = {},
): Uint8Array {
  const members = Object.entries(arrays).map(
    ([name, array]) => [`${name}.npy`, encodeNpy(array)] as const,
  );
  return writeZip(members, options.compress ?? false);
}

/** The named arrays in the bytes of a .npz file, checksums verified. @throws FormatError (E_FORMAT) */
export function decodeNpz(file: Uint8Array): Record<string, NDArray> {
  const arrays = [...readZip(file)].map(([name, bytes]) => {
    if (!name.endsWith('.npy')) {
      throw new FormatError(`[npz] expected members that are .npy files, got ${name}`);
    }
    return [name.slice(0, -'.npy'.length), decodeMember(name, bytes)] as const;
  });
  // Defines own properties, whatever the names are.
  return Object.fromEntries(arrays);
}

function decodeMember(name: string, bytes: Uint8Array): NDArray {
  try {
    return decodeNpy(bytes);
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw new FormatError(`[npz] expected a .npy file in member ${name}: ${cause.message}`, {
      cause,
    });
  }
}
