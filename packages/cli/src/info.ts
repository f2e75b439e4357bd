/** `tno info`: versions, devices, libraries and flags, as a bug report wants them. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { config, flags, flagSource, formatBytes, type FlagName } from '@tno/core';
import { diagnostics } from '@tno/cpu';
import { section, table } from './text.js';

export interface MachineInfo {
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: {
    readonly platform: string;
    readonly processor: string;
    readonly processors: number;
    /** Bytes that this process may have. */
    readonly memory: number;
  };
  /** Each device with why it cannot be had; null where it can. */
  readonly devices: readonly { readonly name: string; readonly trouble: string | null }[];
  readonly libraries: {
    /** What multiplies float32 matrices; null without the addon. */
    readonly products: string | null;
    /** The widest vector instructions that the addon uses; null without it. */
    readonly instructions: string | null;
    /** How many threads run kernels; null without the addon. */
    readonly threads: number | null;
    readonly compiler: string | null;
  };
  readonly flags: readonly {
    readonly name: string;
    readonly value: string;
    readonly source: string;
  }[];
  /** Environment variables that TNO reads, as far as they are set. */
  readonly environment: Readonly<Record<string, string>>;
}

const variables = [
  'TNO_FLAGS',
  'TNO_CC',
  'TNO_PROVIDERS',
  'TNO_KERNELS',
  'TNO_NUM_THREADS',
  'TNO_DATA',
];

function attempt<T>(body: () => T): { readonly value: T | null; readonly trouble: string | null } {
  try {
    return { value: body(), trouble: null };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { value: null, trouble: message.split('\n')[0] };
  }
}

function packageVersions(): Record<string, string> {
  const require = createRequire(import.meta.url);
  const names = ['@tno/core', '@tno/cpu', '@tno/cli'];
  return Object.fromEntries(
    names.map((name) => [name, (require(`${name}/package.json`) as { version: string }).version]),
  );
}

/** What a compiler calls itself, or its path. */
function compilerName(path: string): string {
  const { stdout, status } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 10_000 });
  return status === 0 ? `${path}: ${stdout.split('\n')[0]}` : path;
}

export function machineInfo(): MachineInfo {
  const addon = attempt(diagnostics.addonFacts);
  const plain = [config.providers, process.env.TNO_PROVIDERS].includes('plain');
  const compiler = attempt(() =>
    diagnostics.findCompiler(config.compiler === '' ? undefined : config.compiler),
  );
  return {
    versions: {
      ...packageVersions(),
      node: process.versions.node,
      v8: process.versions.v8,
      napi: process.versions.napi ?? 'none',
    },
    machine: {
      platform: `${process.platform} ${process.arch}`,
      processor: cpus()[0]?.model.trim() ?? 'unknown',
      processors: availableParallelism(),
      memory: Math.min(totalmem(), process.constrainedMemory() || Infinity),
    },
    devices: [
      {
        name: 'cpu',
        trouble: addon.trouble ?? (config.kernels === 'compiled' ? compiler.trouble : null),
      },
      { name: 'reference', trouble: null },
    ],
    libraries: {
      products: addon.value !== null && plain ? 'plain' : (addon.value?.products ?? null),
      instructions: addon.value?.instructions ?? null,
      threads: addon.value?.threads ?? null,
      compiler: compiler.value === null ? null : compilerName(compiler.value.path),
    },
    flags: (Object.keys(flags) as FlagName[]).map((name) => ({
      name,
      value: String(config[name]),
      source: flagSource(name),
    })),
    environment: Object.fromEntries(
      variables.flatMap((name) => {
        const value = process.env[name];
        return value === undefined ? [] : [[name, value]];
      }),
    ),
  };
}

export function describeInfo(info: MachineInfo): string {
  const { versions, machine, devices, libraries, flags: settings, environment } = info;
  const orNone = (value: string | number | null): string => String(value ?? 'none');
  return [
    section('versions', table(Object.entries(versions))),
    section(
      'machine',
      table([
        ['platform', machine.platform],
        ['processor', `${machine.processor}, ${machine.processors} to use`],
        ['memory', formatBytes(machine.memory)],
      ]),
    ),
    section('devices', table(devices.map(({ name, trouble }) => [name, trouble ?? 'ready']))),
    section(
      'libraries',
      table(Object.entries(libraries).map(([name, value]) => [name, orNone(value)])),
    ),
    section(
      'flags',
      table(
        settings.map(({ name, value, source }) => [name, value === '' ? '(empty)' : value, source]),
      ),
    ),
    section(
      'environment',
      Object.keys(environment).length === 0 ? 'nothing set' : table(Object.entries(environment)),
    ),
  ].join('\n\n');
}
