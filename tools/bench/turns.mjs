// Processes that take turns: each lives through the whole comparison, and while one works the others
// wait for their next line. So all meet the same machine, quiet or not.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * A process that answers each JSON line on its input with one on its output.
 */
export class Participant {
  /** @type {((line: string | undefined) => void) | undefined} */
  #waiting;
  #errors = '';

  /**
   * @param {string} name
   * @param {string} command
   * @param {string[]} args
   * @param {NodeJS.ProcessEnv} [env] in addition to the present environment
   */
  constructor(name, command, args, env = {}) {
    this.name = name;
    this.child = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    createInterface({ input: this.child.stdout }).on('line', (line) => this.#settle(line));
    this.child.stderr.on('data', (text) => (this.#errors += String(text)));
    this.child.stdin.on('error', () => undefined);
    this.child.once('error', (error) => {
      this.#errors += error.message;
      this.#settle(undefined);
    });
    this.child.once('close', () => this.#settle(undefined));
  }

  /** @param {string | undefined} line */
  #settle(line) {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(line);
  }

  /** @param {object} request @returns {Promise<any>} */
  async ask(request) {
    if (this.child.exitCode !== null) throw this.#ended();
    const answer = new Promise((resolve) => (this.#waiting = resolve));
    this.child.stdin.write(`${JSON.stringify(request)}\n`);
    const line = await answer;
    if (line === undefined) throw this.#ended();
    return JSON.parse(line);
  }

  #ended() {
    return new Error(`[bench] ${this.name} ended: ${this.#errors.trim().split('\n').at(-1) ?? ''}`);
  }

  end() {
    this.child.stdin.end();
  }
}

/** A participant that takes its turns in one of the forms that its process knows. */
export class InForm {
  /** @param {Participant} participant @param {string} form */
  constructor(participant, form) {
    this.participant = participant;
    this.form = form;
    this.name = `${participant.name}, ${form}`;
  }

  /** @param {object} request @returns {Promise<any>} */
  ask(request) {
    return this.participant.ask({ ...request, form: this.form });
  }
}

/** @typedef {Participant | InForm} Player */

/**
 * The times of steps, in ms: `rounds` turns of about `turn_ms` each, in changing order.
 * @param {readonly Player[]} participants
 * @param {{ rounds: number, turn_ms: number, group: number }} options
 * @returns {Promise<Map<Player, number[]>>}
 */
export async function takeTurns(participants, { rounds, turn_ms, group }) {
  /** @type {Map<Player, number[]>} */
  const samples = new Map(participants.map((participant) => [participant, []]));
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < participants.length; i++) {
      const participant = participants[(i + round) % participants.length];
      const { times } = await participant.ask({ do: 'time', turn_ms, group });
      samples.get(participant)?.push(...times);
    }
  }
  return samples;
}
