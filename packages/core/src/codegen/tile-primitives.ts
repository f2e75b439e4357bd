/**
 * Emits the precompiled parts that a native addon interprets kernels with: one C function for each
 * scalar operation, reduction and kind of access on each dtype, over a tile of elements, and a table
 * of them all (its types are in native/cpu/tiles/tile_primitives.h). They are made of the very text
 * that compiled kernels are made of, so both give the same bits. Run when the addon is built.
 */
import { isFloat, dtypes } from '../types/dtype.js';
import type { DType } from '../types/dtype.js';
import { reduceOps, scalarOps } from '../lower/scalar-op.js';
import type { ReduceOp, ScalarOp } from '../lower/scalar-op.js';
import { inDomain, scalarSignatures } from '../lower/scalar-signature.js';
import { HelperSet } from './c-family.js';
import { foldText, identityText } from './c-reduction.js';
import { typeSuffix } from './dialect.js';
import type { Dialect } from './dialect.js';
import { computeSuffix } from './c-scalar.js';
import { reductionForm } from './reduction.js';
import type { ReductionForm } from './reduction.js';

const order = 'for (int64_t i = 0; i < n; i++)';

/** A table entry: a field of tno_tiles and what it points to. */
interface Entry {
  readonly field: string;
  readonly value: string;
}

/** The C source; `header` is what declares the table's types. */
export function emitTilePrimitives(dialect: Dialect, header: string): string {
  const emitter = new Emitter(dialect);
  for (const dtype of dtypes) {
    for (const op of scalarOps) emitter.scalar(op, dtype);
    emitter.memory(dtype);
    for (const op of reduceOps) emitter.reduction(op, dtype);
  }
  return [
    dialect.prologue,
    `#include "${header}"`,
    '',
    `_Static_assert(TNO_SCALAR_OPS == ${scalarOps.length}, "scalar operations");`,
    `_Static_assert(TNO_CAST == ${scalarOps.indexOf('cast')}, "the place of cast");`,
    `_Static_assert(TNO_REDUCE_OPS == ${reduceOps.length}, "reductions");`,
    `_Static_assert(TNO_DTYPES == ${dtypes.length}, "dtypes");`,
    '',
    ...emitter.helpers.texts(),
    ...emitter.functions,
    'const tno_tiles TNO_TILES = {',
    ...emitter.entries.map(({ field, value }) => `  .${field} = ${value},`),
    '};',
    '',
  ].join('\n');
}

class Emitter {
  readonly helpers: HelperSet;
  readonly functions: string[] = [];
  readonly entries: Entry[] = [];
  private readonly use = (name: string): string => this.helpers.use(name);

  constructor(private readonly dialect: Dialect) {
    this.helpers = new HelperSet(dialect);
  }

  /** One function for each result dtype: casts have many. */
  scalar(op: ScalarOp, from: DType): void {
    const { arity, domain, result } = scalarSignatures[op];
    if (!inDomain(domain, from)) return;
    const results = result === 'free' ? dtypes : [result === 'bool' ? 'bool' : from];
    for (const to of results) {
      const args: readonly DType[] =
        op === 'select' ? ['bool', from, from] : new Array<DType>(arity).fill(from);
      const names = ['x', 'y', 'z', 'w'].slice(0, arity);
      const text = this.dialect.ops[op](names, result === 'bool' ? from : to, this.use, from);
      const name = `t_${op}_${typeSuffix[from]}${op === 'cast' ? `_${typeSuffix[to]}` : ''}`;
      this.define(name, 'int64_t n, void *out, const void *const *in', [
        `${this.type(to)} *restrict r = out;`,
        ...args.map((arg, i) => `const ${this.type(arg)} *restrict a${i} = in[${i}];`),
        `${order} {`,
        ...args.map((arg, i) => `  const ${this.type(arg)} ${names[i]} = a${i}[i];`),
        `  r[i] = ${text};`,
        '}',
      ]);
      const at = op === 'cast' ? `casts[${code(from)}][${code(to)}]` : this.opField(op, from);
      this.entries.push({ field: at, value: name });
    }
  }

  /** How elements get into a tile and out of it. */
  memory(dtype: DType): void {
    const suffix = typeSuffix[dtype];
    const storage = this.dialect.types[dtype].storage;
    const value = this.type(dtype);
    const load = (place: string): string => this.dialect.load(dtype, place, this.use);
    const stored = (text: string): string => this.dialect.stored(dtype, text, this.use);
    const into = [`${value} *restrict r = out;`, `const ${storage} *restrict m = memory;`];
    const outOf = [`${storage} *restrict m = memory;`, `const ${value} *restrict x = in;`];
    this.define(`t_load_${suffix}`, 'int64_t n, void *out, const void *memory, int64_t step', [
      ...into,
      `if (step == 1) ${order} r[i] = ${load('m[i]')};`,
      `else ${order} r[i] = ${load('m[i * step]')};`,
    ]);
    this.define(
      `t_load_at_${suffix}`,
      'int64_t n, void *out, const void *memory, const int64_t *at',
      [...into, `${order} r[i] = ${load('m[at[i]]')};`],
    );
    this.define(`t_store_${suffix}`, 'int64_t n, void *memory, const void *in, int64_t step', [
      ...outOf,
      `if (step == 1) ${order} m[i] = ${stored('x[i]')};`,
      `else ${order} m[i * step] = ${stored('x[i]')};`,
    ]);
    this.define(
      `t_store_at_${suffix}`,
      'int64_t n, void *memory, const void *in, const int64_t *at',
      [...outOf, `${order} m[at[i]] = ${stored('x[i]')};`],
    );
    const names = ['load', 'load_at', 'store', 'store_at'];
    if (inDomain(scalarSignatures.add.domain, dtype)) {
      const sum = this.dialect.ops.add([load('m[at[i]]'), 'x[i]'], dtype, this.use, dtype);
      this.define(
        `t_add_at_${suffix}`,
        'int64_t n, void *memory, const void *in, const int64_t *at',
        [...outOf, `${order} m[at[i]] = ${stored(sum)};`],
      );
      names.push('add_at');
    }
    if (!isFloat(dtype) && dtype !== 'bool') {
      this.index(dtype);
      names.push('index');
    }
    const fields = names.map((name) => `.${name} = t_${name}_${suffix}`).join(', ');
    this.entries.push({ field: `memory[${code(dtype)}]`, value: `{${fields}}` });
  }

  /** Indices that may count from the end become offsets; gives the place of the first that is out of range, or n. */
  private index(dtype: DType): void {
    const value = dtype === 'uint64' ? 'x[i] > INT64_MAX ? INT64_MAX : (int64_t)x[i]' : 'x[i]';
    const body = [
      `const ${this.type(dtype)} *restrict x = in;`,
      `${order} {`,
      `  const int64_t v = ${value};`,
      `  const int64_t w = ${this.use('tno_index')}(v, size);`,
      '  if (w < 0) {',
      '    *bad = v;',
      '    return i;',
      '  }',
      '  at[i] += w * step;',
      '}',
      'return n;',
    ];
    this.define(
      `t_index_${typeSuffix[dtype]}`,
      'int64_t n, int64_t *restrict at, const void *in, int64_t size, int64_t step, int64_t *bad',
      body,
      'int64_t',
    );
  }

  reduction(op: ReduceOp, dtype: DType): void {
    if ((op === 'and' || op === 'or') && dtype !== 'bool') return;
    if ((op === 'sum' || op === 'prod') && dtype === 'bool') return;
    const plan = reductionForm(op, dtype);
    const name = `${op}_${typeSuffix[dtype]}`;
    const parts = this.parts(plan, name);
    this.start(plan, name);
    this.finish(plan, name);
    const fields = ['start', 'finish', ...parts].map((part) => `.${part} = t_${part}_${name}`);
    const accumulator = `.accumulator = ${code(plan.kind === 'arg' ? dtype : plan.accumulator)}`;
    this.entries.push({
      field: `reductions[${reduceOps.indexOf(op)}][${code(dtype)}]`,
      value: `{${[...fields, accumulator].join(', ')}}`,
    });
  }

  /** Names of the functions that take elements in. */
  private parts(plan: ReductionForm, name: string): string[] {
    if (plan.kind === 'tree') return this.tree(plan, name);
    return plan.kind === 'arg' ? this.arg(plan, name) : this.plain(plan, name);
  }

  /** `acc` is the running result; `aux` the compensation of a sum, or the index of an extreme. */
  private accumulators(plan: ReductionForm): string[] {
    const aux = plan.kind === 'arg' ? 'int64_t' : this.type(plan.accumulator);
    return [`${this.type(plan.accumulator)} *restrict s = acc;`, `${aux} *restrict c = aux;`];
  }

  private start(plan: ReductionForm, name: string): void {
    const identity = identityText({ dialect: this.dialect }, plan);
    const aux = plan.kind === 'arg' ? '0' : identity;
    const pair = plan.kind === 'arg' || takesCompensation(plan);
    this.define(`t_start_${name}`, 'int64_t n, void *acc, void *aux', [
      ...this.accumulators(plan),
      `${order} s[i] = ${identity};`,
      pair ? `${order} c[i] = ${aux};` : '(void)c;',
    ]);
  }

  private finish(plan: ReductionForm, name: string): void {
    const total = takesCompensation(plan)
      ? `${this.use(`tno_total_${computeSuffix(plan.accumulator)}`)}(s[i], c[i])`
      : 's[i]';
    const arg = plan.kind === 'arg';
    const result = arg ? 'c[i]' : this.dialect.round(plan.dtype, total, this.use);
    const type = this.type(arg ? 'int64' : plan.dtype);
    this.define(`t_finish_${name}`, 'int64_t n, void *out, void *acc, void *aux', [
      ...this.accumulators(plan),
      `${type} *restrict r = out;`,
      `(void)s, (void)c;`,
      `${order} r[i] = ${result};`,
    ]);
  }

  private tree(plan: ReductionForm, name: string): string[] {
    const type = this.type(plan.accumulator);
    const tools = { dialect: this.dialect, use: this.use };
    const suffix = computeSuffix(plan.accumulator);
    const fold = this.use(`tno_${plan.op}_${suffix}`);
    const take = (at: string, block: string): string =>
      plan.op === 'sum'
        ? `${this.use(`tno_add_${suffix}`)}(&s${at}, &c${at}, ${block});`
        : `s${at} = ${foldText(tools, plan, `s${at}`, block)};`;
    this.define(`t_row_${name}`, rowParameters, [
      ...this.accumulators(plan),
      '(void)c, (void)index;',
      `const ${type} y = ${fold}(x, n);`,
      take('[0]', 'y'),
    ]);
    this.define(`t_lanes_${name}`, 'int64_t n, void *lane, const void *x', [
      `${type} *restrict a = lane;`,
      `const ${type} *restrict b = x;`,
      `${order} a[i] = ${foldText(tools, plan, 'a[i]', 'b[i]')};`,
    ]);
    this.define(`t_take_${name}`, 'int64_t n, void *acc, void *aux, const void *lane', [
      ...this.accumulators(plan),
      `const ${type} *restrict b = lane;`,
      '(void)c;',
      `${order} ${take('[i]', 'b[i]')}`,
    ]);
    return ['row', 'lanes', 'take'];
  }

  private plain(plan: ReductionForm, name: string): string[] {
    const type = this.type(plan.accumulator);
    const tools = { dialect: this.dialect, use: this.use };
    this.define(`t_row_${name}`, rowParameters, [
      ...this.accumulators(plan),
      `const ${type} *restrict b = x;`,
      '(void)c, (void)index;',
      `${type} t = s[0];`,
      `${order} t = ${foldText(tools, plan, 't', 'b[i]')};`,
      's[0] = t;',
    ]);
    this.define(`t_lanes_${name}`, 'int64_t n, void *lane, const void *x', [
      `${type} *restrict a = lane;`,
      `const ${type} *restrict b = x;`,
      `${order} a[i] = ${foldText(tools, plan, 'a[i]', 'b[i]')};`,
    ]);
    return ['row', 'lanes'];
  }

  private arg(plan: ReductionForm, name: string): string[] {
    const type = this.type(plan.dtype);
    const symbol = plan.op === 'argmax' ? '>' : '<';
    const better = (v: string, best: string): string =>
      `${v} ${symbol} ${best}` +
      (isFloat(plan.dtype) ? ` || (${v} != ${v} && ${best} == ${best})` : '');
    this.define(`t_row_${name}`, rowParameters, [
      ...this.accumulators(plan),
      `const ${type} *restrict b = x;`,
      `${order} {`,
      `  if (${better('b[i]', 's[0]')}) s[0] = b[i], c[0] = index + i;`,
      '}',
    ]);
    this.define(`t_column_${name}`, rowParameters, [
      ...this.accumulators(plan),
      `const ${type} *restrict b = x;`,
      `${order} {`,
      `  const int m = ${better('b[i]', 's[i]')};`,
      '  s[i] = m ? b[i] : s[i];',
      '  c[i] = m ? index : c[i];',
      '}',
    ]);
    return ['row', 'column'];
  }

  private type(dtype: DType): string {
    return this.dialect.types[dtype].value;
  }

  private opField(op: ScalarOp, dtype: DType): string {
    return `ops[${scalarOps.indexOf(op)}][${code(dtype)}]`;
  }

  private define(name: string, parameters: string, body: readonly string[], result = 'void'): void {
    const lines = body.map((line) => `  ${line}`);
    this.functions.push(`static ${result} ${name}(${parameters}) {`, ...lines, '}', '');
  }
}

const rowParameters = 'int64_t n, void *acc, void *aux, const void *x, int64_t index';

function takesCompensation(plan: ReductionForm): boolean {
  return plan.kind === 'tree' && plan.op === 'sum';
}

/** Codes of dtypes are their places in the list. */
function code(dtype: DType): number {
  return dtypes.indexOf(dtype);
}
