// Who takes part beside us, and how each is started.

import { fileURLToPath } from 'node:url';
import { InForm, Participant } from '../turns.mjs';
import { installedVersion, installPeers } from './npm/packages.mjs';
import {
  findPython,
  numpySettings,
  providePython,
  pytorchSettings,
  theanoSettings,
} from './python.mjs';

/** @typedef {import('../workloads.mjs').Workload} Workload */
/**
 * A setting of a peer: a process that stays for all workloads.
 * @typedef {object} Setting
 * @property {string} name
 * @property {string} command
 * @property {string[]} args
 * @property {NodeJS.ProcessEnv} [env]
 * @property {Workload['kind'][]} [only]
 */

/** @param {string} name */
const beside = (name) => fileURLToPath(new URL(name, import.meta.url));

export class Peer {
  /** @type {Map<Setting, Participant>} */
  #processes = new Map();

  /**
   * @param {string} name
   * @param {{ version: string, required: boolean, settings: Setting[],
   *   does?: (workload: Workload) => boolean }} about
   */
  constructor(name, { version, required, settings, does = () => true }) {
    this.name = name;
    this.version = version;
    this.required = required;
    this.settings = settings;
    this.does = does;
  }

  /** @param {Setting} setting */
  #process(setting) {
    const running = this.#processes.get(setting);
    if (running !== undefined) return running;
    const { name, command, args, env } = setting;
    const started = new Participant(name, command, args, env);
    this.#processes.set(setting, started);
    return started;
  }

  /**
   * Its processes in each of the forms they know for a workload, opened; none where it has not got it.
   * @param {Workload} workload
   * @param {string} folder of the data
   */
  async players(workload, folder) {
    if (!this.does(workload)) return [];
    const fitting = this.settings.filter(({ only }) => only?.includes(workload.kind) ?? true);
    return (await Promise.all(fitting.map((one) => this.#open(one, workload, folder)))).flat();
  }

  /** Of a peer that need not be there, a setting that fails is left out, and told. @param {Setting} setting @param {Workload} workload @param {string} folder */
  async #open(setting, workload, folder) {
    const process = this.#process(setting);
    try {
      const { forms } = await process.ask({ do: 'open', workload, folder });
      return forms.map((/** @type {string} */ form) => new InForm(process, form));
    } catch (error) {
      if (this.required || !(error instanceof Error)) throw error;
      this.settings = this.settings.filter((one) => one !== setting);
      console.log(`bench: no longer ${this.name}, ${setting.name}: ${error.message}`);
      return [];
    }
  }

  end() {
    for (const process of this.#processes.values()) process.end();
  }
}

/** PyTorch and NumPy. @param {number} threads most to use @returns {Promise<Peer[]>} */
async function pythonPeers(threads) {
  const found = await providePython();
  if (found === undefined) return [];
  const { python: command, versions } = found;
  const pytorch = pytorchSettings(threads).map((setting) => ({
    ...setting,
    command,
    args: [beside('pytorch_peer.py'), `${setting.threads}`],
  }));
  const numpy = numpySettings(threads).map((setting) => ({
    ...setting,
    command,
    args: [beside('numpy_peer.py')],
  }));
  return [
    new Peer('pytorch', { version: versions[0], required: true, settings: pytorch }),
    new Peer('numpy', {
      version: versions[1],
      required: true,
      settings: numpy,
      does: ({ kind }) => kind !== 'training',
    }),
  ];
}

/** Who joins for a comparison of products has no convolutions here. @param {Workload} workload */
const isLenet = (workload) => workload.kind === 'training' && workload.model === 'lenet';

/** Theano and PyTensor, where the user has them. @param {number} threads most to use */
function theanoPeers(threads) {
  return ['theano', 'pytensor'].flatMap((name) => {
    const found = findPython([name]);
    if (found === undefined) return [];
    const settings = theanoSettings(name, threads).map((setting) => ({
      ...setting,
      command: found.python,
      args: [beside('theano_peer.py'), name],
    }));
    const does = (/** @type {Workload} */ workload) => workload.into !== true && !isLenet(workload);
    return [new Peer(name, { version: found.versions[0], required: false, settings, does })];
  });
}

/** Peers of npm, those that are installed. @param {number} threads most to use */
function npmPeers(threads) {
  const counts = threads === 1 ? [1] : [1, threads];
  const settings = (/** @type {string} */ script, /** @type {number[]} */ of) =>
    of.map((count) => ({
      name: `${count} thread${count === 1 ? '' : 's'}`,
      command: process.execPath,
      args: [beside(`npm/${script}`), `${count}`],
    }));
  const fresh = (/** @type {Workload} */ workload) => workload.into !== true && !isLenet(workload);
  const forward = (/** @type {Workload} */ { kind }) => kind !== 'training';
  return [
    {
      ...{ name: 'tfjs-wasm', from: '@tensorflow/tfjs-backend-wasm', does: fresh },
      settings: settings('tfjs-peer.mjs', counts),
    },
    { name: 'jax-js', from: '@jax-js/jax', does: fresh, settings: settings('jax-peer.mjs', [1]) },
    {
      ...{ name: 'onnxruntime', from: 'onnxruntime-node', does: forward },
      settings: settings('onnx-peer.mjs', counts),
    },
  ].flatMap(({ name, from, ...about }) => {
    const version = installedVersion(from);
    return version === undefined ? [] : [new Peer(name, { version, required: false, ...about })];
  });
}

/**
 * PyTorch and NumPy, and who else can be had.
 * @param {{ threads: number, install: boolean }} options whether to install those of npm
 * @returns {Promise<Peer[]>}
 */
export async function findPeers({ threads, install }) {
  if (install) await installPeers();
  return [...(await pythonPeers(threads)), ...theanoPeers(threads), ...npmPeers(threads)];
}
