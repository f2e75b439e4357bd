import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cacheFolder, DatasetError, findDataFiles } from './data-files.js';
import type { DataFileSet } from './data-files.js';

const contents = { images: Buffer.from('pixels'), labels: Buffer.from('digits') };
const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');

let root: string;
let warnings: string[];
const warn = (line: string): void => void warnings.push(line);

function filesWith(mirrors: string[]): DataFileSet {
  const files = Object.entries(contents).map(([name, bytes]) => ({ name, md5: md5(bytes) }));
  return { folder: 'toy', files, mirrors };
}

function write(folder: string, files: Record<string, Buffer | string>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
}

const whole = {
  'images.gz': gzipSync(contents.images),
  labels: contents.labels,
};

/** Serves `served` by path and counts the requests. */
async function serve(
  served: Record<string, Buffer>,
): Promise<{ address: string; requests: string[]; server: Server }> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.push(path);
    if (path in served) response.end(served[path]);
    else response.writeHead(404).end();
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}/`, requests, server };
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tno-data-'));
  warnings = [];
  vi.stubEnv('XDG_CACHE_HOME', join(root, 'cache'));
  vi.stubEnv('TNO_DATA', '');
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

describe('cacheFolder', () => {
  it('is below XDG_CACHE_HOME, or below ~/.cache when that is no absolute path', () => {
    expect(cacheFolder()).toBe(join(root, 'cache', 'tno', 'data'));
    vi.stubEnv('XDG_CACHE_HOME', 'relative');
    vi.stubEnv('HOME', root);
    expect(cacheFolder()).toBe(join(root, '.cache', 'tno', 'data'));
  });
});

describe('findDataFiles in a folder the caller names', () => {
  it.each(['here', 'here/toy'])('finds gzipped and plain files in %s', async (folder) => {
    write(join(root, folder), whole);
    const found = await findDataFiles(filesWith([]), { dataDir: join(root, 'here'), warn });
    expect(found?.source).toBe('dataDir');
    expect(found?.path).toBe(join(root, folder));
    expect(found?.contents.get('images')?.toString()).toBe('pixels');
    expect(found?.contents.get('labels')?.toString()).toBe('digits');
  });

  it('fails when a file is missing or altered, rather than to look elsewhere', async () => {
    vi.stubEnv('TNO_DATA', join(root, 'other'));
    write(join(root, 'other', 'toy'), whole);
    const find = () => findDataFiles(filesWith([]), { dataDir: join(root, 'here'), warn });
    await expect(find()).rejects.toThrow(DatasetError);
    await expect(find()).rejects.toThrow(/the toy files in .*here.*found no images.gz, labels.gz$/);
    write(join(root, 'here'), { labels: whole.labels });
    await expect(find()).rejects.toThrow(/found no images.gz$/);
    write(join(root, 'here'), { ...whole, labels: 'altered' });
    await expect(find()).rejects.toThrow(/labels to have the MD5 [0-9a-f]{32}, got/);
  });
});

describe('findDataFiles without a named folder', () => {
  it('prefers TNO_DATA to the cache', async () => {
    vi.stubEnv('TNO_DATA', join(root, 'data'));
    write(join(root, 'data', 'toy'), whole);
    write(join(cacheFolder(), 'toy'), whole);
    const found = await findDataFiles(filesWith([]), { warn });
    expect(found?.source).toBe('TNO_DATA');
    expect(found?.path).toBe(join(root, 'data', 'toy'));
    expect(warnings).toEqual([]);
  });

  it('says what TNO_DATA lacks and goes on with the cache', async () => {
    vi.stubEnv('TNO_DATA', join(root, 'data'));
    write(join(root, 'data', 'toy'), { 'images.gz': 'not gzip', labels: contents.labels });
    write(join(cacheFolder(), 'toy'), whole);
    expect((await findDataFiles(filesWith([]), { warn }))?.source).toBe('cache');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/images\.gz to have the MD5/);
    write(join(root, 'data', 'toy'), whole);
    rmSync(join(root, 'data', 'toy', 'labels'));
    expect((await findDataFiles(filesWith([]), { warn }))?.source).toBe('cache');
    expect(warnings[1]).toMatch(/TNO_DATA: no labels\.gz in/);
  });

  it('finds nothing, with a line a mirror, when nothing is to be had', async () => {
    const { address, server } = await serve({});
    server.close();
    const found = await findDataFiles(filesWith([address, `${address}other/`]), { warn });
    expect(found).toBeUndefined();
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toMatch(/no toy from http:.*: fetch failed/);
  });
});

describe('findDataFiles with a mirror', () => {
  const served = {
    '/images.gz': gzipSync(contents.images),
    '/labels.gz': gzipSync(contents.labels),
  };

  it('downloads into a private cache once, and reads that afterwards', async () => {
    const { address, requests, server } = await serve(served);
    try {
      const found = await findDataFiles(filesWith([address]), { warn });
      expect(found?.source).toBe('download');
      expect(found?.contents.get('labels')?.toString()).toBe('digits');
      const folder = join(cacheFolder(), 'toy');
      expect(found?.path).toBe(folder);
      expect(readdirSync(folder).sort()).toEqual(['images.gz', 'labels.gz']);
      expect(statSync(join(root, 'cache', 'tno', 'data')).mode & 0o777).toBe(0o700);
      expect((await findDataFiles(filesWith([address]), { warn }))?.source).toBe('cache');
      expect(requests).toEqual(['/images.gz', '/labels.gz']);
      expect(warnings).toEqual([]);
    } finally {
      server.close();
    }
  });

  it('replaces a cached file that is altered, and only that', async () => {
    const { address, requests, server } = await serve(served);
    try {
      write(join(cacheFolder(), 'toy'), { ...whole, 'images.gz': gzipSync('altered') });
      expect((await findDataFiles(filesWith([address]), { warn }))?.source).toBe('download');
      expect(requests).toEqual(['/images.gz']);
      expect(warnings).toHaveLength(1);
      expect((await findDataFiles(filesWith([]), { warn }))?.source).toBe('cache');
    } finally {
      server.close();
    }
  });

  it('turns to the next mirror when one serves something else', async () => {
    const bad = await serve({ ...served, '/labels.gz': gzipSync('altered') });
    const good = await serve(served);
    try {
      const set = filesWith([bad.address, good.address]);
      expect((await findDataFiles(set, { warn }))?.source).toBe('download');
      expect(good.requests).toEqual(['/labels.gz']);
      expect(warnings[0]).toMatch(/labels\.gz to have the MD5/);
    } finally {
      bad.server.close();
      good.server.close();
    }
  });

  it('uses what it cannot keep', async () => {
    const { address, server } = await serve(served);
    try {
      write(root, { cache: 'a file where the cache folder would be' });
      const found = await findDataFiles(filesWith([address]), { warn });
      expect(found?.source).toBe('download');
      expect(found?.path).toBeUndefined();
      expect(found?.contents.size).toBe(2);
      expect(warnings[0]).toMatch(/images\.gz is used but not kept/);
      expect(existsSync(join(root, 'cache', 'tno'))).toBe(false);
    } finally {
      server.close();
    }
  });
});
