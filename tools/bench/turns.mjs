// Processes that take turns: each lives through the whole comparison, and while one works the others
// wait for their next line. So all meet the same machine, quiet or not.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { watchOthers } from './disturbance.mjs';

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

  get pid() {
    return this.child.pid;
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

  get pid() {
    return this.participant.pid;
  }

  /** @param {object} request @returns {Promise<any>} */
  ask(request) {
    return this.participant.ask({ ...request, form: this.form });
  }
}

/** @typedef {{ name: string, pid?: number, ask(request: object): Promise<any> }} Player */

/** So many rounds without others are enough to leave the other rounds out. */
const enoughQuiet = 4;

/**
 * Between turns, in ms: threads of a BLAS that have nothing to do go on looking for work, those of OpenBLAS for
 * 2^26 cycles, and would do so in the turn of whoever comes next.
 */
const settling_ms = 50;

/** One turn each, beginning with another player each round. @param {readonly Player[]} players @param {number} round @param {object} turn */
async function playRound(players, round, turn) {
  /** @type {Map<Player, number[]>} */
  const times = new Map();
  for (let i = 0; i < players.length; i++) {
    const player = players[(i + round) % players.length];
    await sleep(settling_ms);
    times.set(player, (await player.ask({ do: 'time', ...turn })).times);
  }
  return times;
}

/**
 * The times of calls, in ms, from turns of about `turn_ms`. Rounds in which other processes worked
 * are played again, up to `most` in all, and count only where quiet ones are few.
 * @param {readonly Player[]} players
 * @param {{ rounds: number, most?: number, turn_ms: number, group: number }} options
 */
export async function takeTurns(players, { rounds, most = rounds, ...turn }) {
  /** @type {Map<Player, number[]>[]} */
  const played = [];
  /** @type {Map<Player, number[]>[]} */
  const quiet = [];
  while (quiet.length < rounds && played.length < most) {
    const isQuiet = watchOthers(players.flatMap(({ pid }) => pid ?? []));
    const times = await playRound(players, played.length, turn);
    played.push(times);
    if (isQuiet()) quiet.push(times);
  }
  const counted = quiet.length >= enoughQuiet ? quiet : played;
  /** @type {Map<Player, number[]>} */
  const samples = new Map(
    players.map((player) => [player, counted.flatMap((round) => round.get(player) ?? [])]),
  );
  return { samples, rounds: { played: played.length, quiet: quiet.length } };
}
