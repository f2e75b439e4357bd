/** What core takes from Node: settings from `.tnorc` and TNO_FLAGS, and backends from the application's packages. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { config, configure, parseFlags } from '../config/config.js';
import { setDeviceLoader } from '../device/registry.js';
import type { Device } from '../device/target.js';
import { AddonLoadError } from '../errors.js';

/** What a backend package exports for core. */
interface BackendModule {
  readonly createDevice: (options: { cacheDir?: string | undefined; compiler?: string | undefined; providers?: string | undefined }) => Device;
}

function readSettings(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** Applies `.tnorc` of the home folder, then of the current folder, then TNO_FLAGS. @throws ConfigError */
export function applySettings(home: string = homedir(), folder: string = process.cwd(), environment: string | undefined = process.env['TNO_FLAGS']): void {
  for (const path of new Set([join(home, '.tnorc'), join(folder, '.tnorc')])) {
    const text = readSettings(path);
    if (text !== null) configure(parseFlags(text, path), path);
  }
  if (environment !== undefined) configure(parseFlags(environment, 'TNO_FLAGS'), 'TNO_FLAGS');
}

/** Loads `@tno/<name>` as the application would, else as this package would. @throws AddonLoadError */
export function loadBackend(name: string): Device {
  const places = [join(process.argv[1] ?? process.cwd(), '..', 'noop.js'), join(process.cwd(), 'noop.js'), import.meta.url];
  const reasons: string[] = [];
  for (const place of places) {
    const require = createRequire(place);
    let path: string;
    try {
      path = require.resolve(`@tno/${name}`);
    } catch (error) {
      reasons.push((error as Error).message.split('\n')[0]);
      continue;
    }
    const backend = require(path) as BackendModule;
    const given = (value: string): string | undefined => (value === '' || value === 'auto' ? undefined : value);
    return backend.createDevice({ cacheDir: given(config.cacheDir), compiler: given(config.compiler), providers: given(config.providers) });
  }
  throw new AddonLoadError(`[device] expected the package @tno/${name}, got: ${reasons[0]}`, { hint: `npm install @tno/${name}` });
}

/** Connects core to Node. */
export function installHost(): void {
  applySettings();
  setDeviceLoader(loadBackend);
}
