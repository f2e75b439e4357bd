// The peer: PyTorch from the system's packages, at its best settings.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runLogged } from '../setup/log.mjs';
import { findProgram } from '../setup/system-packages.mjs';
import { Participant } from './turns.mjs';

// Without OpenBLAS, PyTorch would multiply by the reference BLAS, many times slower.
const packages = ['python3-torch', 'python3-numpy', 'libopenblas0-pthread'];
const script = fileURLToPath(new URL('pytorch_step.py', import.meta.url));

/** A Python that has PyTorch and NumPy. */
function findPython() {
  const candidates = [findProgram(['python3']), '/usr/bin/python3'];
  return candidates.find(
    (python) =>
      python !== undefined &&
      existsSync(python) &&
      spawnSync(python, ['-c', 'import torch, numpy']).status === 0,
  );
}

/**
 * A Python with PyTorch, which is installed where that is allowed: announced, as root, with apt-get.
 * @returns {Promise<string | undefined>}
 */
export async function providePytorch() {
  const found = findPython();
  if (found !== undefined) return found;
  const command = `apt-get install --no-install-recommends -y ${packages.join(' ')}`;
  const allowed =
    process.getuid?.() === 0 &&
    process.env.TNO_SETUP_APT !== '0' &&
    findProgram(['apt-get']) !== undefined;
  if (!allowed) {
    console.log(
      `bench: no PyTorch, its column is left out; to have it (Debian, as root): ${command}`,
    );
    return undefined;
  }
  console.log(`bench: installing PyTorch with apt-get (about 1 GB): ${packages.join(' ')}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const options = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=1'];
  await runLogged('bench-apt', 'apt-get', [...options, 'update'], { env });
  const args = [...options, 'install', '--no-install-recommends', '-y', ...packages];
  const { ok, log } = await runLogged('bench-apt', 'apt-get', args, { env, append: true });
  const installed = ok ? findPython() : undefined;
  if (installed === undefined) {
    console.log(`bench: PyTorch could not be installed, its column is left out; log: ${log}`);
  }
  return installed;
}

/** OpenBLAS takes its older kernels on processors that it does not know. */
function blasKernels() {
  try {
    const flags = readFileSync('/proc/cpuinfo', 'utf8');
    const wide = ['avx512f', 'avx512bw', 'avx512dq', 'avx512vl'];
    return wide.every((flag) => flags.includes(flag)) ? { OPENBLAS_CORETYPE: 'SkylakeX' } : {};
  } catch {
    return {};
  }
}

/** Freed memory is kept, since touching it anew costs more than the arithmetic. */
const keepMemory = {
  MALLOC_MMAP_MAX_: '0',
  MALLOC_TRIM_THRESHOLD_: '100000000000',
  MALLOC_TOP_PAD_: '268435456',
};

/** Workers that spin between steps stand in the way of OpenBLAS' own. */
const noSpinning = { GOMP_SPINCOUNT: '0', OMP_WAIT_POLICY: 'passive' };

/** With OpenBLAS' OpenMP flavour there is one team, and it may spin. */
const openMpFlavour = '/usr/lib/x86_64-linux-gnu/openblas-openmp';

/** @param {number} threads most to use @returns {[string, number, NodeJS.ProcessEnv][]} */
function settings(threads) {
  const base = { ...keepMemory, ...blasKernels() };
  const all = `${threads}`;
  /** @type {[string, number, NodeJS.ProcessEnv][]} */
  const result = [['1 thread', 1, { ...base, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' }]];
  if (threads === 1) return result;
  const own = { ...base, OPENBLAS_NUM_THREADS: all };
  result.push(
    [`1 thread, BLAS ${all}`, 1, own],
    [`${all} threads`, threads, { ...own, ...noSpinning }],
  );
  if (existsSync(openMpFlavour)) {
    const one = { ...base, LD_LIBRARY_PATH: openMpFlavour, OMP_NUM_THREADS: all };
    result.push([`${all} threads, OpenMP BLAS`, threads, one]);
  }
  return result;
}

/**
 * A process for each setting; which is the fastest is seen in a trial.
 * @param {string} python
 * @param {import('./workloads.mjs').Workload} workload
 * @param {string} folder of the data
 * @param {number} threads most to use
 * @returns {Participant[]}
 */
export function pytorchParticipants(python, workload, folder, threads) {
  return settings(threads).map(([name, count, env]) => {
    const given = JSON.stringify({ workload, folder, threads: count });
    return new Participant(name, python, [script, given], env);
  });
}

/** The forms of the weights that pytorch_step.py knows. */
export const pytorchForms = ['plain', 'linear'];
