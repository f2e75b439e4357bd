/** What core takes from Node: settings from `.tnorc` and TNO_FLAGS, and backends from the application's packages. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { parseBytes } from '../config/byte-size.js';
import { applyFlags, config, parseFlags } from '../config/config.js';
import { setExitHook } from '../compile/profiler.js';
import { setDeviceLoader } from '../device/registry.js';
import type { Device } from '../device/target.js';
import { AddonLoadError, ConfigError, TnoError } from '../errors.js';

/** What a backend package exports for core. */
interface BackendModule {
  readonly createDevice: (options: BackendOptions) => Device;
}

/** Left out where the flag leaves the choice to the backend. */
interface BackendOptions {
  readonly cacheDir?: string;
  /** Bytes. */
  readonly cacheLimit: number;
  readonly memoryLimit: number;
  readonly compiler?: string;
  readonly providers?: string;
  readonly kernels?: string;
}

function readSettings(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new ConfigError(`[config] expected to read ${path}, got ${code ?? String(error)}`, {
      cause: error,
    });
  }
}

function homeFolder(): string | null {
  try {
    return homedir();
  } catch {
    return null; // a user without a home, as in some containers
  }
}

/** Applies `.tnorc` of the home folder, then of the current folder, then TNO_FLAGS. @throws ConfigError (E_CONFIG) */
export function applySettings(
  home: string | null = homeFolder(),
  folder: string = process.cwd(),
  environment: string = process.env.TNO_FLAGS ?? '',
): void {
  const folders = home === null ? [folder] : [home, folder];
  for (const path of new Set(folders.map((at) => join(at, '.tnorc')))) {
    const text = readSettings(path);
    if (text !== null) applyFlags(parseFlags(text, path, '\n'), path);
  }
  applyFlags(parseFlags(environment, 'TNO_FLAGS'), 'TNO_FLAGS');
}

function backendOptions(): BackendOptions {
  const { cacheDir, cacheLimit, memoryLimit, compiler, providers, kernels } = config;
  return {
    cacheLimit: parseBytes(cacheLimit),
    memoryLimit: parseBytes(memoryLimit),
    ...(cacheDir === '' ? {} : { cacheDir }),
    ...(compiler === '' ? {} : { compiler }),
    ...(providers === 'auto' ? {} : { providers }),
    ...(kernels === 'auto' ? {} : { kernels }),
  };
}

/**
 * Opens the device of `@tno/<name>`, found as the application would find it, else as this package would.
 * @throws AddonLoadError (E_ADDON) where the package is missing or does not load; what its createDevice throws
 */
export function loadBackend(name: string): Device {
  const program = process.argv[1];
  const places = [
    ...(program !== undefined && isAbsolute(program) ? [program] : []),
    join(process.cwd(), 'here.js'),
    import.meta.url,
  ];
  for (const place of places) {
    const require = createRequire(place);
    let path: string;
    try {
      path = require.resolve(`@tno/${name}`);
    } catch {
      continue;
    }
    return open(name, path, require);
  }
  throw new AddonLoadError(`[device] expected the package @tno/${name}, found none`, {
    hint: `npm install @tno/${name}`,
  });
}

function open(name: string, path: string, require: NodeJS.Require): Device {
  try {
    const { createDevice } = require(path) as Partial<BackendModule>;
    if (typeof createDevice === 'function') return createDevice(backendOptions());
  } catch (error) {
    if (error instanceof TnoError) throw error;
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new AddonLoadError(`[device] expected @tno/${name} to load, got: ${reason}`, {
      cause: error,
    });
  }
  throw new AddonLoadError(`[device] expected @tno/${name} to export createDevice (${path})`);
}

/** Connects core to Node. */
export function installHost(): void {
  applySettings();
  setDeviceLoader(loadBackend);
  setExitHook((report) => process.once('exit', report));
}
