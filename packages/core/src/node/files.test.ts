import {
  chmodSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FormatError } from '../errors.js';
import { NDArray, ndarray } from '../types/ndarray.js';
import { loadNpy, loadNpz, saveNpy, saveNpz, writeFileAtomic } from './files.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tno-files-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe('array files', () => {
  it('are read back equal', () => {
    const a = NDArray.arange(6).reshape([2, 3]).transpose();
    saveNpy(join(folder, 'a.npy'), a);
    expect(loadNpy(join(folder, 'a.npy')).equals(a)).toBe(true);
    saveNpz(join(folder, 'b.npz'), { a, b: ndarray(1n) }, { compress: true });
    const read = loadNpz(join(folder, 'b.npz'));
    expect(read.a.equals(a)).toBe(true);
    expect(read.b.item()).toBe(1);
  });

  it('replace the old file, leave nothing beside it and have ordinary modes', () => {
    const path = join(folder, 'a.npy');
    saveNpy(path, ndarray([1]));
    expect(modeOf(path)).toBe(0o666 & ~process.umask());
    saveNpy(path, ndarray([2]));
    expect(loadNpy(path).toNested()).toEqual([2]);
    expect(readdirSync(folder)).toEqual(['a.npy']);
  });

  it('keep the mode of the file they replace', () => {
    const path = join(folder, 'a.npy');
    saveNpy(path, ndarray([1]));
    chmodSync(path, 0o640);
    saveNpy(path, ndarray([2]));
    expect(modeOf(path)).toBe(0o640);
  });

  it('replace what a link points to, not the link', () => {
    const target = join(folder, 'target.npy');
    const link = join(folder, 'link.npy');
    saveNpy(target, ndarray([1]));
    symlinkSync(target, link);
    saveNpy(link, ndarray([2]));
    expect(loadNpy(target).toNested()).toEqual([2]);
    expect(readdirSync(folder).sort()).toEqual(['link.npy', 'target.npy']);
  });

  it('leave the old state when they cannot be written', () => {
    // A folder cannot be replaced by a file, so the last step fails.
    const occupied = mkdtempSync(join(folder, 'occupied-'));
    writeFileSync(join(occupied, 'kept'), 'x');
    expect(() => saveNpy(occupied, ndarray([1]))).toThrow();
    expect(readdirSync(folder).length).toBe(1);
    expect(readFileSync(join(occupied, 'kept'), 'utf8')).toBe('x');
    expect(() => saveNpy(join(folder, 'missing', 'a.npy'), ndarray([1]))).toThrow('ENOENT');
  });

  it('name the file that is in no known format', () => {
    const path = join(folder, 'a.npy');
    writeFileAtomic(path, Uint8Array.of(1, 2, 3));
    expect(() => loadNpy(path)).toThrow(FormatError);
    expect(() => loadNpy(path)).toThrow(`(in ${path})`);
    expect(() => loadNpz(path)).toThrow(FormatError);
    expect(() => loadNpy(join(folder, 'none.npy'))).toThrow('ENOENT');
  });
});
