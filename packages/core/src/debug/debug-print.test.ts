import { describe, expect, it } from 'vitest';
import {
  createReferenceDevice,
  debugPrint,
  fmatrix,
  function as compile,
  fvector,
  ndarray,
  shared,
  type TensorVariable,
} from '../index.js';

describe('debugPrint', () => {
  const x = fvector('x');

  it('writes a tree in which a repeated part is named once', () => {
    const y = x.exp().named('y');
    expect(debugPrint(y.add(y.mul(2)))).toBe(
      [
        'add [A]',
        " ├─ exp [B] 'y'",
        ' │   └─ x (input)',
        ' └─ mul [C]',
        "     ├─ exp [B] 'y' ...",
        '     └─ dimshuffle{order=["x"],rank=0} [D]',
        '         └─ 2',
        '',
      ].join('\n'),
    );
  });

  it('shows types and stops at a depth', () => {
    expect(debugPrint([x.exp().neg()], { types: true, depth: 2 })).toBe(
      'neg [A] <float32(?)>\n └─ exp [B] <float32(?)>\n',
    );
  });

  it('shows the numbers of variables', () => {
    const y = x.exp();
    expect(debugPrint(y, { ids: true, types: true })).toBe(
      `exp [A] #${y.id} <float32(?)>\n └─ x (input) #${x.id} <float32(?)>\n`,
    );
  });

  it('stops in time in graphs that are deep', () => {
    let y: TensorVariable = x;
    for (let i = 0; i < 20_000; i++) y = y.neg();
    expect(debugPrint(y).split('\n')).toHaveLength(501);
  });

  it('shows the optimized graph of a function, its updates and its Program', () => {
    const device = createReferenceDevice();
    const W = shared(
      ndarray(
        [
          [1, 2],
          [3, 4],
        ],
        'float32',
      ),
      'W',
      { device },
    );
    const m = fmatrix('m');
    const f = compile([m], m.sum(), { updates: [[W, W.sub(m)]], device });
    const text = debugPrint(f);
    expect(text).toMatch(/^sum\{axes=\[0,1\]\} \[A\]\n └─ m \(input\)\nsub \[B\] -> W\n/);
    expect(text).toContain('commit');
  });
});
