/**
 * `pp`: the formula of a variable on one line, as one would write it by hand. Broadcasting is left out,
 * as on paper; what is too deep or too long is `…`. `debugPrint` shows everything.
 */
import { isConstant } from '../graph/constant.js';
import type { Apply, TensorVariable } from '../graph/variable.js';

/** Text and how tightly it binds: an operand that binds less than its operator needs parentheses. */
interface Text {
  readonly text: string;
  readonly binds: number;
}

const ATOM = 100;
const UNARY = 70;
/** Comparisons bind least, and their operands are sums at least: no one remembers more. */
const COMPARES = 10;
const SUMS = 50;
/** Sub-formulas beyond this length, and levels beyond this depth, are not written out. */
const MOST_LETTERS = 2000;
const MOST_LEVELS = 60;

const infix: Readonly<Record<string, readonly [symbol: string, binds: number]>> = {
  or: ['|', 20],
  xor: ['^', 22],
  and: ['&', 24],
  eq: ['==', COMPARES],
  neq: ['!=', COMPARES],
  lt: ['<', COMPARES],
  le: ['<=', COMPARES],
  gt: ['>', COMPARES],
  ge: ['>=', COMPARES],
  add: ['+', SUMS],
  sub: ['-', SUMS],
  mul: ['*', 60],
  true_div: ['/', 60],
  int_div: ['//', 60],
  mod: ['%', 60],
  dot: ['@', 60],
  dot22: ['@', 60],
  dot21: ['@', 60],
  pow: ['**', 80],
};

const prefix: Readonly<Record<string, string>> = { neg: '-', invert: '~' };

/** The formula of `x`, e.g. `mean((x @ W + b - y) ** 2)`. */
export function pp(x: TensorVariable): string {
  return new Formula().of(x, 0).text;
}

class Formula {
  private readonly known = new Map<TensorVariable, Text>();

  of(v: TensorVariable, level: number): Text {
    if (v.owner === null) return leaf(v);
    if (level > MOST_LEVELS) return { text: '…', binds: ATOM };
    const known = this.known.get(v);
    if (known !== undefined) return known;
    const made = this.applied(v.owner, v.index, level + 1);
    const text = made.text.length > MOST_LETTERS ? { text: '…', binds: ATOM } : made;
    this.known.set(v, text);
    return text;
  }

  private applied(node: Apply, index: number, level: number): Text {
    const { op, inputs } = node;
    const inner = (k: number, binds: number): string => wrapped(this.of(inputs[k], level), binds);
    const operator = infix[op.name] as readonly [string, number] | undefined;
    if (operator !== undefined && inputs.length === 2) {
      const [symbol, binds] = operator;
      if (binds === COMPARES)
        return { text: `${inner(0, SUMS)} ${symbol} ${inner(1, SUMS)}`, binds };
      // Powers are never chained without parentheses; the others lean to the left.
      const left = inner(0, op.name === 'pow' ? binds + 1 : binds);
      return { text: `${left} ${symbol} ${inner(1, binds + 1)}`, binds };
    }
    if (op.name in prefix) return { text: `${prefix[op.name]}${inner(0, UNARY)}`, binds: UNARY };
    if (op.name === 'sqr') return { text: `${inner(0, 81)} ** 2`, binds: 80 };
    const special = this.moved(node, inner, () => this.of(inputs[0], level));
    if (special !== null) return special;
    const list = inputs.map((_, k) => inner(k, 0));
    const text = `${op.name}(${[...list, ...props(node)].join(', ')})`;
    return { text: node.outputs.length > 1 ? `${text}[${index}]` : text, binds: ATOM };
  }

  /** Ops that move elements, in the words of indexing. */
  private moved(
    { op, inputs }: Apply,
    inner: (k: number, binds: number) => string,
    same: () => Text,
  ): Text | null {
    const atom = (text: string): Text => ({ text, binds: ATOM });
    const rest = (): string =>
      inputs
        .slice(1)
        .map((_, k) => inner(k + 1, 0))
        .join(', ');
    switch (op.name) {
      case 'dimshuffle': {
        const order = op.props['order'] as readonly (number | 'x')[];
        const kept = order.filter((axis) => axis !== 'x');
        if (kept.every((axis, k) => k === 0 || axis > kept[k - 1])) return same();
        const isReversed = order.length === 2 && kept.length === 2;
        return atom(`${inner(0, ATOM)}.${isReversed ? 'T' : `dimshuffle(${order.join(', ')})`}`);
      }
      case 'specify_shape':
        return same();
      case 'shape_i':
        return atom(`${inner(0, ATOM)}.shape[${String(op.props['axis'])}]`);
      case 'make_vector':
        return atom(`[${inner(0, 0)}${inputs.length > 1 ? `, ${rest()}` : ''}]`);
      case 'cast':
        return atom(`${String(op.props['dtype'])}(${inner(0, 0)})`);
      case 'reshape':
        return atom(`reshape(${inner(0, 0)}, [${rest()}])`);
      case 'alloc':
        return atom(`full([${rest()}], ${inner(0, 0)})`);
      case 'advanced_subtensor':
        return atom(`${inner(0, ATOM)}[${rest()}]`);
      case 'subtensor':
        return atom(`${inner(0, ATOM)}[${slices(op.props['spec'], (k) => inner(k + 1, 0))}]`);
      default:
        return null;
    }
  }
}

function leaf(v: TensorVariable): Text {
  const text = v.toString();
  return { text, binds: isConstant(v) && text.startsWith('-') ? UNARY : ATOM };
}

function wrapped({ text, binds }: Text, least: number): string {
  return binds < least ? `(${text})` : text;
}

/** Props other than what the rank tells, e.g. `axes=[0]`. */
function props({ op, inputs }: Apply): string[] {
  return Object.entries(op.props).flatMap(([name, value]) => {
    const isAll = name === 'axes' && Array.isArray(value) && value.length === inputs[0].type.rank;
    return isAll ? [] : [`${name}=${JSON.stringify(value)}`];
  });
}

/** Python's spelling of a subtensor's spec; `bound(k)` is the k-th index input. */
function slices(spec: unknown, bound: (k: number) => string): string {
  let next = 0;
  const axes = spec as readonly ('at' | readonly [string, boolean, boolean, number])[];
  return axes
    .map((axis) => {
      if (axis === 'at') return bound(next++);
      const [, hasStart, hasStop, step] = axis;
      const [start, stop] = [hasStart ? bound(next++) : '', hasStop ? bound(next++) : ''];
      return `${start}:${stop}${step === 1 ? '' : `:${step}`}`;
    })
    .join(', ');
}
