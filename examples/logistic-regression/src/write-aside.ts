import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Writes a file under another name first, so that `path` is either as it was or whole. */
export function writeAside(path: string, content: Uint8Array | string): void {
  const aside = join(dirname(path), `.${basename(path)}.${process.pid}.part`);
  try {
    writeFileSync(aside, content, { flag: 'wx' });
    renameSync(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}
