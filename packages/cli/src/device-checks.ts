/** Checks of what the cpu device needs: addon, compiler, cache, libraries, and a first call. */
import * as tno from '@tno/core';
import { config, flags, flagSource, formatBytes, parseBytes, type FlagName } from '@tno/core';
import { diagnostics } from '@tno/cpu';
import type { Finding } from './doctor.js';
import { checkMemory, checkThreads } from './system-checks.js';

const withoutAddon = 'needs the native addon';

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

function checkSettings(): Finding {
  const changed = (Object.keys(flags) as FlagName[])
    .filter((name) => flagSource(name) !== 'default')
    .map((name) => `${name}=${config[name]} (${flagSource(name)})`);
  const check = 'settings';
  if (config.device !== 'cpu') {
    const advice = `the flag device comes from ${flagSource('device')}; remove it there for speed`;
    return { check, status: 'warning', found: changed.join(', '), advice };
  }
  return { check, status: 'ok', found: changed.length === 0 ? 'defaults' : changed.join(', ') };
}

function checkAddon(): { finding: Finding; facts: diagnostics.AddonFacts | null } {
  const check = 'native addon';
  try {
    return { finding: { check, status: 'ok', found: 'loads' }, facts: diagnostics.addonFacts() };
  } catch (error) {
    // The message ends with what to do.
    return { finding: { check, status: 'failure', found: messageOf(error) }, facts: null };
  }
}

function checkCompiler(): Finding {
  const check = 'compiler';
  try {
    const { path, ms } = diagnostics.tryCompiler(config.compiler);
    return { check, status: 'ok', found: `${path} made a kernel in ${ms.toFixed(0)} ms` };
  } catch (error) {
    // Without one kernels are interpreted, unless the flag says otherwise.
    const required = config.kernels === 'compiled';
    const install =
      'install one (Debian, Ubuntu: apt-get install gcc libc6-dev), or set the flag compiler';
    const advice = required
      ? install
      : `${install}; until then kernels are interpreted, and slower`;
    const found = messageOf(error).trim();
    return { check, status: required ? 'failure' : 'warning', found, advice };
  }
}

function checkCache(): Finding {
  const check = 'cache';
  const folder = diagnostics.cacheFolder(config.cacheDir);
  const { error, entries, abandoned } = diagnostics.readCache(folder);
  if (error !== '') {
    const advice =
      'kernels are compiled anew in every process; set the flag cacheDir to a folder of your own (mode 700)';
    return { check, status: 'warning', found: error, advice };
  }
  const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  const limit = parseBytes(config.cacheLimit);
  const of = limit === 0 ? '' : ` of ${formatBytes(limit)}`;
  const found = `${folder}: private, ${formatBytes(bytes)}${of}`;
  if (abandoned > 0) {
    const advice = `tno cache trim removes ${abandoned} files of compilations that never ended`;
    return { check, status: 'warning', found, advice };
  }
  return { check, status: 'ok', found };
}

function checkProducts({ products }: diagnostics.AddonFacts): Finding {
  const check = 'products';
  if (products !== 'plain') return { check, status: 'ok', found: products };
  const advice =
    'oneDNN multiplies float32 matrices faster (Debian: apt-get install libdnnl-dev, then npm run setup)';
  return { check, status: 'warning', found: "the addon's own kernels", advice };
}

function checkLinearAlgebra({ linearAlgebra }: diagnostics.AddonFacts): Finding {
  const check = 'linear algebra';
  if (linearAlgebra !== 'plain') return { check, status: 'ok', found: linearAlgebra };
  const advice =
    'LAPACK factors matrices faster (Debian: apt-get install libopenblas-serial-dev, then npm run setup)';
  return { check, status: 'warning', found: "the addon's own code", advice };
}

function checkInstructions({ instructions }: diagnostics.AddonFacts): Finding {
  const check = 'instructions';
  if (instructions !== 'base') return { check, status: 'ok', found: instructions };
  const advice = 'nothing to do: this processor, or what emulates it, has no AVX2';
  return { check, status: 'warning', found: 'no AVX2', advice };
}

/** Compiles and calls a function as a program would, and compares what it gives. */
function checkFirstCall(): Finding {
  const check = 'first call';
  try {
    const x = tno.fmatrix('x');
    const start = performance.now();
    const f = tno.function([x], tno.dot(x, x).add(1));
    const result = f([
      [1, 2],
      [3, 4],
    ]).toNested();
    const ms = performance.now() - start;
    const device = tno.currentDevice().name;
    const expected = [
      [8, 11],
      [16, 23],
    ];
    if (JSON.stringify(result) !== JSON.stringify(expected)) {
      const found = `expected ${JSON.stringify(expected)}, got ${JSON.stringify(result)} on ${device}`;
      return { check, status: 'failure', found, advice: 'report it, with what tno info prints' };
    }
    return { check, status: 'ok', found: `right on device ${device}, after ${ms.toFixed(0)} ms` };
  } catch (error) {
    const advice = 'report it, with what tno info prints';
    return { check, status: 'failure', found: messageOf(error), advice };
  }
}

/** The settings, and everything that the cpu device rests on. */
export function checkDevice(): Finding[] {
  const { finding: addon, facts } = checkAddon();
  const skip = (check: string): Finding => ({ check, status: 'skipped', found: withoutAddon });
  const onAddon =
    facts === null
      ? ['compiler', 'cache', 'products', 'linear algebra', 'instructions'].map(skip)
      : [
          checkCompiler(),
          checkCache(),
          checkProducts(facts),
          checkLinearAlgebra(facts),
          checkInstructions(facts),
        ];
  return [checkSettings(), addon, ...onAddon, checkMemory(), checkThreads(), checkFirstCall()];
}
