import { execPath } from 'node:process';
import { describe, expect, it } from 'vitest';
import { makeData, parameterShapes } from './data.mjs';
import { processTicks, watchOthers, workedTicks } from './disturbance.mjs';
import { parseOptions } from './options.mjs';
import { least, median, summary } from './statistics.mjs';
import { InForm, Participant, takeTurns } from './turns.mjs';
import { workloadNamed, workloads } from './workloads.mjs';

/** Answers each request with itself, and a request for times with two of them. */
const echo = `
  const lines = require('node:readline').createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    const request = JSON.parse(line);
    if (request.do === 'end') { console.error('enough'); process.exit(3); }
    console.log(JSON.stringify(request.do === 'time' ? { times: [1, request.group] } : request));
  });`;

const echoing = (name: string): Participant => new Participant(name, execPath, ['-e', echo]);

describe('statistics', () => {
  it('takes the middle, of an even count the mean of both', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
  });

  it('leaves its argument as it is', () => {
    const values = [3, 1, 2];
    expect(summary(values)).toEqual({ median_ms: 2, min_ms: 1 });
    expect(least(values)).toBe(1);
    expect(values).toEqual([3, 1, 2]);
  });
});

describe('workloads', () => {
  it('are found by name, and a wrong name is told the right ones', () => {
    expect(workloadNamed('logreg-600').batch).toBe(600);
    expect(() => workloadNamed('logreg')).toThrow('expected one of logreg-600, logreg-1, mlp-20');
  });

  it.each(workloads)('$name gets the same data each time, with classes in range', (workload) => {
    const { x, y, parameters } = makeData(workload);
    const again = makeData(workload);
    expect(again.x.every((value, i) => value === x[i])).toBe(true);
    expect(again.y.every((value, i) => value === y[i])).toBe(true);
    expect(x.length).toBe(workload.batch * workload.inputs);
    expect(Math.max(...x.subarray(0, 784))).toBeGreaterThan(0.5);
    expect([...y].every((label) => label >= 0n && label < BigInt(workload.classes))).toBe(true);
    expect(Object.keys(parameters)).toEqual(parameterShapes(workload).map(([name]) => name));
  });

  it('start a hidden layer from weights that differ', () => {
    const { W1, b1 } = makeData(workloadNamed('mlp-20')).parameters;
    expect(new Set(W1.values).size).toBeGreaterThan(1000);
    expect(b1.values.every((value) => value === 0)).toBe(true);
  });
});

describe('options', () => {
  it('are all workloads unless some are named', () => {
    expect(parseOptions([]).names).toEqual(workloads.map(({ name }) => name));
    expect(parseOptions(['--only', 'mlp-20,logreg-1']).names).toEqual(['mlp-20', 'logreg-1']);
  });

  it('refuse what is unknown', () => {
    expect(() => parseOptions(['--fast'])).toThrow('--fast');
  });
});

describe('disturbance', () => {
  it('counts the ticks of all but idle processors', () => {
    expect(workedTicks('cpu  100 2 30 9000 500 4 5 6 0 0\ncpu0 1 1 1 1')).toBe(147);
  });

  it("counts a process' own ticks, whatever its name", () => {
    expect(processTicks('17 (a ) b) S 1 1 1 0 -1 4 10 20 30 40 70 8 0 0 20 0 5')).toBe(78);
  });

  it('is none where it cannot be told', () => {
    expect(watchOthers([-1])()).toBe(true);
  });
});

describe('participants', () => {
  it('answer in order, in their form where they have one', async () => {
    const one = echoing('one');
    expect(await one.ask({ do: 'train', steps: 2 })).toEqual({ do: 'train', steps: 2 });
    const formed = new InForm(one, 'linear');
    expect(await formed.ask({ do: 'train' })).toEqual({ do: 'train', form: 'linear' });
    expect(formed.name).toBe('one, linear');
    one.end();
  });

  it('take as many turns each as there are rounds', async () => {
    const players = [echoing('one'), echoing('two')];
    const { samples, rounds } = await takeTurns(players, { rounds: 3, turn_ms: 1, group: 7 });
    expect(rounds.quiet).toBeLessThanOrEqual(rounds.played);
    // Too few to leave the disturbed ones out.
    const all = Array.from({ length: rounds.played }, () => [1, 7]).flat();
    for (const player of players) expect(samples.get(player)).toEqual(all);
    for (const player of players) player.end();
  });

  it('that end are an error with their last words', async () => {
    const one = echoing('one');
    await expect(one.ask({ do: 'end' })).rejects.toThrow('[bench] one ended: enough');
    await expect(one.ask({ do: 'train' })).rejects.toThrow('[bench] one ended');
  });

  it('that cannot start are an error too', async () => {
    const none = new Participant('none', '/nowhere/python3', []);
    await expect(none.ask({ do: 'train' })).rejects.toThrow('[bench] none ended');
  });
});
