import { expect, it } from 'vitest';
import { describeFlags, describeOtherFlags, flags } from './flags.js';

it('describeFlags is a table with a row for each flag', () => {
  const [head, rule, ...rows] = describeFlags().split('\n');
  expect(head).toBe('| Flag | Values | Default | What it does |');
  expect(rule).toBe('| --- | --- | --- | --- |');
  expect(rows.map((row) => /^\| `(\w+)` \|/.exec(row)?.[1])).toEqual(Object.keys(flags));
  for (const row of rows) expect(row.split('|')).toHaveLength(6);
  expect(rows[1]).toBe(
    '| `floatX` | `float16`, `float32`, `float64` | `float32` | The dtype of unprefixed constructors, of shared numbers, and of floats made from integers. |',
  );
});

it('describeOtherFlags names flags of Theano that are none here', () => {
  const rows = describeOtherFlags().split('\n').slice(2);
  expect(rows.length).toBeGreaterThan(10);
  for (const row of rows) expect(row).toMatch(/^\| (`[\w.*]+`(, )?)+ \| .+ \|$/);
  expect(rows).toContain('| `allow_gc` | `f.free()`; memory is planned once a function |');
});
