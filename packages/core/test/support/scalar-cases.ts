/**
 * Every scalar operation on every dtype it takes, on values that are hard to get right; those that are
 * special functions have cases of their own (special-kernels.ts), and so have draws (random-cases.ts).
 */
import { KernelBuilder } from '../../src/lower/kernel-builder.js';
import { drawFunctions, scalarOps, specialFunctions } from '../../src/lower/scalar-op.js';
import type { ScalarOp } from '../../src/lower/scalar-op.js';
import { inDomain, scalarSignatures } from '../../src/lower/scalar-signature.js';
import { dtypeInfo, dtypes, isBig, isFloat } from '../../src/types/dtype.js';
import type { DType } from '../../src/types/dtype.js';
import type { Fill, KernelCase } from './kernel-cases.js';

const COUNT = 600;

/** Operations that round once from an exact result, in every language; the others go through libm. */
const libm: ReadonlySet<ScalarOp> = new Set([
  'pow',
  'exp',
  'exp2',
  'expm1',
  'log',
  'log2',
  'log10',
  'log1p',
  'sigmoid',
  'softplus',
  'tanh',
  'sin',
  'cos',
  'tan',
  'arcsin',
  'arccos',
  'arctan',
  'arctan2',
  'sinh',
  'cosh',
  'arcsinh',
  'arccosh',
  'arctanh',
]);

const specialFloats = [
  ...[0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 3, -7, 100, NaN, Infinity, -Infinity],
  ...[1e-7, -1e-7, 5.960464477539063e-8, 6e-5, 65504, 65519, 65520, -2048.5, 1e-45, 3e38],
  ...[2 ** 31, -(2 ** 31) - 1, 2 ** 32 + 5, 2 ** 63, 1e19, -1e19, 1e300, 88.7, -103.9],
];

/** Values of `dtype`: special ones against special ones first, then random. */
function fillFor(dtype: DType, place: number): Fill {
  return (i, random) => {
    if (dtype === 'bool') return random() < 0.5 ? 1 : 0;
    const specials = isFloat(dtype) ? specialFloats : integerSpecials(dtype);
    const turn = place === 0 ? i : Math.floor(i / specials.length);
    if (i < specials.length ** 2 && i < COUNT - 100)
      return specials[(turn + place) % specials.length];
    if (isFloat(dtype)) return (2 * random() - 1) * 2 ** Math.floor(random() * 12 - 6);
    return Math.floor((random() - 0.5) * 2 ** Math.floor(random() * 40));
  };
}

function integerSpecials(dtype: DType): number[] {
  const { min, max } = dtypeInfo[dtype];
  const limits = isBig(dtype) ? [-(2 ** 63), 2 ** 62, -(2 ** 53)] : [Number(min), Number(max)];
  return [0, 1, -1, 2, -2, 3, 7, -7, 12, 100, ...limits, Number(max) / 2];
}

const isSpecial = (fn: ScalarOp): boolean =>
  ([...specialFunctions, ...drawFunctions] as readonly ScalarOp[]).includes(fn);

function scalarCase(
  fn: ScalarOp,
  args: readonly DType[],
  result: DType,
  exact: boolean,
): KernelCase {
  const n = { param: 0 };
  const k = new KernelBuilder(`${fn} ${args.join(' ')} ${result}`, [n]);
  const loads = args.map((dtype) => k.load(k.operand(dtype, [1])));
  const value = fn === 'cast' ? k.cast(result, loads[0]) : k.scalar(fn, ...loads);
  k.store(k.operand(result, [1]), value);
  const inputs = args.map((dtype, i) => ({ dtype, length: COUNT, fill: fillFor(dtype, i) }));
  return {
    kernel: k.build(),
    dims: [COUNT],
    operands: [...inputs, { dtype: result, length: COUNT, fill: null }],
    range: COUNT,
    exact,
  };
}

export const scalarCases: readonly KernelCase[] = [
  ...scalarOps.flatMap((fn) => {
    if (fn === 'cast' || isSpecial(fn)) return [];
    const { arity, domain, result } = scalarSignatures[fn];
    return dtypes
      .filter((dtype) => inDomain(domain, dtype))
      .map((dtype) => {
        const args: DType[] = new Array<DType>(arity).fill(dtype);
        if (fn === 'select') args[0] = 'bool';
        const exact = !(libm.has(fn) && isFloat(dtype));
        return scalarCase(fn, args, result === 'bool' ? 'bool' : dtype, exact);
      });
  }),
  ...dtypes.flatMap((from) => dtypes.map((to) => scalarCase('cast', [from], to, true))),
];
