import { execPath } from 'node:process';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { makeData } from './data.mjs';
import { processTicks, watchOthers, workedTicks } from './disturbance.mjs';
import { parseOptions } from './options.mjs';
import { least, median, summary } from './statistics.mjs';
import { InForm, Participant, takeTurns } from './turns.mjs';
import { replaceMarked, withFigures } from './write-docs.mjs';
import { programName, workloadNamed, workloads } from './workloads.mjs';

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
    expect(workloadNamed('logreg-600')).toMatchObject({ batch: 600 });
    expect(() => workloadNamed('logreg')).toThrow('expected one of call-scalar, logreg-600,');
  });

  it('have a row with a fresh result and one with `into` for each chain', () => {
    const chains = workloads.filter(({ kind }) => kind === 'chain').map(({ name }) => name);
    expect(chains).toHaveLength(12);
    expect(chains).toContain('poly-1e7');
    expect(chains).toContain('trans-1e3-into');
    expect(programName(workloadNamed('trans-1e3-into'))).toBe('trans');
  });

  it.each(['call-scalar', 'logreg-1', 'trans-1e3'])('%s gets the same data each time', (name) => {
    const first = makeData(workloadNamed(name));
    expect(makeData(workloadNamed(name))).toEqual(first);
    for (const { shape, values } of Object.values({ ...first.inputs, ...first.parameters })) {
      expect(values.length).toBe(shape.reduce((a, b) => a * b, 1));
    }
  });

  it('have pixels, and classes in range', () => {
    const { x, y } = makeData(workloadNamed('logreg-600')).inputs;
    expect(Math.max(...Array.from(x.values.subarray(0, 784), Number))).toBeGreaterThan(0.5);
    expect([...y.values].every((label) => Number(label) >= 0 && Number(label) < 10)).toBe(true);
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

describe('figures in the docs', () => {
  const row = {
    ...{ workload: 'poly-1e3', ours: { median_ms: 0.002, min_ms: 0.001 } },
    peers: { numpy: { settings: 'plain', median_ms: 0.004, min_ms: 0.004, tried: [] } },
    ...{ bestPeer: 'numpy', ratioToBestPeer: 0.5, ratioToBestPeerOfMinima: 0.25, apart: 1e-7 },
    ...{ memory: { peak_mb: 60, before_mb: 50 }, rounds: { played: 4, quiet: 2 } },
  };
  const figures = {
    ...{ date: '2030-01-01', versions: { node: '20.0.0', numpy: '1.0' }, workloads: [row] },
    machine: {
      processor: 'Abacus',
      cores: 2,
      vectors: 'none',
      memory_gb: 1,
      system: 'S',
      load: [0],
    },
  };
  const marked = ['machine', 'times', 'details', 'compile times']
    .map((name) => `before\n\n<!-- ${name} -->\nold\n<!-- end of ${name} -->\n`)
    .join('\n');

  it('replace what is marked, and nothing else', () => {
    const text = withFigures(marked, figures);
    expect(text).not.toContain('old');
    expect(text.match(/^before$/gm)).toHaveLength(4);
    expect(text).toContain('2030-01-01: 2 cores of Abacus');
    expect(text).toContain('| poly-1e3 | 2.00 µs / 1.00 µs | 4.00 µs / 4.00 µs | 0.50 / 0.25');
    expect(withFigures(text, figures)).toBe(text);
  });

  it('are formatted as the rest is', async () => {
    const text = withFigures(marked, figures);
    expect(await format(text, { parser: 'markdown', printWidth: 100 })).toBe(text);
  });

  it('need their marks', () => {
    expect(() => replaceMarked(marked, 'prices', '')).toThrow('expected marks for prices');
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
