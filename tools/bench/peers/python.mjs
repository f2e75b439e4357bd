// Python and what of it takes part: found where it is, and PyTorch and NumPy installed from the
// system's packages where that is allowed.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { runLogged } from '../../setup/log.mjs';
import { findProgram } from '../../setup/system-packages.mjs';

// Without OpenBLAS, products would be those of the reference BLAS, many times slower.
const packages = ['python3-torch', 'python3-numpy', 'libopenblas0-pthread'];

/**
 * A Python that has the modules, and their versions.
 * @param {string[]} modules
 * @returns {{ python: string, versions: string[] } | undefined}
 */
export function findPython(modules) {
  const code = `import json, ${modules.join(', ')}
print(json.dumps([${modules.map((name) => `${name}.__version__`).join(', ')}]))`;
  const candidates = [process.env.TNO_BENCH_PYTHON, findProgram(['python3']), '/usr/bin/python3'];
  for (const python of candidates) {
    if (python === undefined || !existsSync(python)) continue;
    const { status, stdout } = spawnSync(python, ['-c', code], { encoding: 'utf8' });
    if (status === 0)
      return { python, versions: JSON.parse(stdout.trim().split('\n').at(-1) ?? '') };
  }
  return undefined;
}

/** Installs PyTorch and NumPy where that is allowed: announced, as root, with apt-get. */
export async function providePython() {
  const wanted = ['torch', 'numpy'];
  const found = findPython(wanted);
  if (found !== undefined) return found;
  const command = `apt-get install --no-install-recommends -y ${packages.join(' ')}`;
  const allowed =
    process.getuid?.() === 0 &&
    process.env.TNO_SETUP_APT !== '0' &&
    findProgram(['apt-get']) !== undefined;
  if (!allowed) {
    console.log(`bench: no PyTorch and NumPy; to have them (Debian, as root): ${command}`);
    return undefined;
  }
  console.log(`bench: installing PyTorch with apt-get (about 1 GB): ${packages.join(' ')}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const options = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=1'];
  await runLogged('bench-apt', 'apt-get', [...options, 'update'], { env });
  const args = [...options, 'install', '--no-install-recommends', '-y', ...packages];
  const { ok, log } = await runLogged('bench-apt', 'apt-get', args, { env, append: true });
  const installed = ok ? findPython(wanted) : undefined;
  if (installed === undefined) {
    console.log(`bench: PyTorch and NumPy could not be installed; log: ${log}`);
  }
  return installed;
}

/** Whether the processor has the vectors that OpenBLAS' SkylakeX kernels use. */
function hasWideVectors() {
  try {
    const flags = readFileSync('/proc/cpuinfo', 'utf8');
    const wide = ['avx512f', 'avx512bw', 'avx512dq', 'avx512vl'];
    return wide.every((flag) => flags.includes(flag));
  } catch {
    return false;
  }
}

/** OpenBLAS takes older kernels on processors that it does not know, PyTorch on all. */
const vectors = hasWideVectors()
  ? { OPENBLAS_CORETYPE: 'SkylakeX', ATEN_CPU_CAPABILITY: 'avx512' }
  : {};

/** Freed memory is kept, since touching it anew costs more than the arithmetic. */
const keepMemory = {
  MALLOC_MMAP_MAX_: '0',
  MALLOC_TRIM_THRESHOLD_: '100000000000',
  MALLOC_TOP_PAD_: '268435456',
};

const best = { ...keepMemory, ...vectors };

/** Workers that spin between steps stand in the way of OpenBLAS' own. */
const noSpinning = { GOMP_SPINCOUNT: '0', OMP_WAIT_POLICY: 'passive' };

/** With OpenBLAS' OpenMP flavour there is one team, and it may spin. */
const openMpFlavour = '/usr/lib/x86_64-linux-gnu/openblas-openmp';

/**
 * @typedef {object} Setting
 * @property {string} name
 * @property {number} threads of the library itself
 * @property {NodeJS.ProcessEnv} env
 * @property {import('../workloads.mjs').Workload['kind'][]} [only]
 */

/** @param {number} threads most to use @returns {Setting[]} which is the fastest is seen in a trial */
export function pytorchSettings(threads) {
  const single = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
  /** @type {Setting[]} */
  const result = [{ name: '1 thread', threads: 1, env: { ...best, ...single } }];
  if (threads === 1) return result;
  const all = `${threads}`;
  const own = { ...best, OPENBLAS_NUM_THREADS: all };
  result.push(
    {
      name: `1 thread, BLAS ${all}`,
      threads: 1,
      env: own,
      only: ['training', 'product'],
    },
    { name: `${all} threads`, threads, env: { ...own, ...noSpinning } },
    { name: `${all} threads, as it comes`, threads, env: {} },
  );
  if (existsSync(openMpFlavour)) {
    const env = { ...best, LD_LIBRARY_PATH: openMpFlavour, OMP_NUM_THREADS: all };
    result.push({ name: `${all} threads, OpenMP BLAS`, threads, env });
  }
  return result;
}

/** NumPy has threads only in its BLAS. @param {number} threads @returns {Setting[]} */
export function numpySettings(threads) {
  const all = `${threads}`;
  return [
    { name: 'memory kept', threads: 1, env: { ...best, OPENBLAS_NUM_THREADS: all } },
    { name: 'as it comes', threads: 1, env: {} },
    {
      name: 'BLAS 1',
      threads: 1,
      env: { ...best, OPENBLAS_NUM_THREADS: '1' },
      only: ['product'],
    },
  ];
}

/** Both compile to C, the younger one also with numba. @param {string} name @param {number} threads @returns {Setting[]} */
export function theanoSettings(name, threads) {
  const flags = name === 'theano' ? 'THEANO_FLAGS' : 'PYTENSOR_FLAGS';
  const all = { ...best, OMP_NUM_THREADS: `${threads}`, OPENBLAS_NUM_THREADS: `${threads}` };
  const linkers = name === 'theano' ? ['cvm'] : ['cvm', 'numba'];
  return linkers.map((linker) => ({
    ...{ name: linker, threads },
    env: { ...all, [flags]: `floatX=float32,linker=${linker},openmp=${threads > 1}` },
  }));
}
