// Who takes part beside us, and how each is started.

import { fileURLToPath } from 'node:url';
import { InForm, Participant } from '../turns.mjs';
import { numpySettings, providePython, pytorchSettings } from './python.mjs';

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
    const opened = fitting.map(async (setting) => {
      const process = this.#process(setting);
      const { forms } = await process.ask({ do: 'open', workload, folder });
      return forms.map((/** @type {string} */ form) => new InForm(process, form));
    });
    return (await Promise.all(opened)).flat();
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

/** @param {{ threads: number }} options @returns {Promise<Peer[]>} */
export async function findPeers({ threads }) {
  return pythonPeers(threads);
}
