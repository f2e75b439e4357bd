import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KernelBuilder, emitUnit } from '@tno/core';
import { describe, expect, it } from 'vitest';
import { cDialect } from '../src/dialect.js';
import { vectorMathOps } from '../src/vector-math.js';
import { cc, inTemporaryFolder, kernelFlags } from './compile-c.js';

/** The functions in double, which is far more exact than half an ulp of float32. */
const exact: Readonly<Record<(typeof vectorMathOps)[number], string>> = {
  exp: 'exp(x)',
  expm1: 'expm1(x)',
  log: 'log(x)',
  log1p: 'log1p(x)',
  tanh: 'tanh(x)',
  sigmoid: 'x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x))',
  softplus: '(x > 0 ? x : 0) + log1p(exp(-fabs(x)))',
  erf: 'erf(x)',
  erfc: 'erfc(x)',
  ndtr: '0.5 * erfc(x * -0.70710678118654752)',
};

/** Every how many bit patterns one is tested; 1 tests all 2^32, which takes twenty minutes. */
const stride = Number(process.env.TNO_MATH_STRIDE ?? 1021);

/**
 * Bit patterns of float32 over the whole range, so all exponents, signs, NaN and infinities: prints, for each operation, the worst error in ulp, how many special results are
 * wrong, and a sum over the bits of all results.
 */
function harness(symbols: readonly string[]): string {
  const tests = vectorMathOps.map(
    (op, i) => `static double exact_${op}(double x) { return ${exact[op]}; }
#define RUN_${i} run("${op}", ${symbols[i]}, exact_${op})`,
  );
  return `#include <stdio.h>
#include <string.h>
enum { N = 4096, STRIDE = ${stride} };
typedef void (*kernel)(const tno_args *, int64_t, int64_t);
static double ulp(double r) {
  int e;
  frexp(r, &e);
  return ldexp(1, e < -125 ? -149 : e - 24);
}
static void run(const char *name, kernel k, double (*f)(double)) {
  static float x[N], y[N];
  void *buf[] = {x, y};
  const int64_t dim[] = {N};
  const tno_args args = {buf, dim, 0, 0, TNO_WHOLE, 0};
  double worst = 0;
  long wrong = 0;
  uint64_t sum = 0;
  for (uint64_t b = 0; b < 1ull << 32; b += (uint64_t)N * STRIDE) {
    for (int i = 0; i < N; i++) {
      const uint32_t bits = (uint32_t)(b + (uint64_t)i * STRIDE);
      memcpy(&x[i], &bits, 4);
    }
    k(&args, 0, N);
    for (int i = 0; i < N; i++) {
      const double r = f(x[i]);
      const float rounded = (float)r;
      uint32_t bits;
      memcpy(&bits, &y[i], 4);
      if (isnan(r) || isnan(y[i])) {
        wrong += !(isnan(r) && isnan(y[i]));
        continue;
      }
      sum = sum * 31 + bits;
      if (r == 0 || isinf(rounded) || isinf(y[i])) {
        wrong += memcmp(&rounded, &y[i], 4) != 0;
        continue;
      }
      const double error = fabs(y[i] - r) / ulp(r);
      if (error > worst) worst = error;
    }
  }
  printf("%s %.4f %ld %llu\\n", name, worst, wrong, (unsigned long long)sum);
}
${tests.join('\n')}
int main(void) {
${vectorMathOps.map((_, i) => `  RUN_${i};`).join('\n')}
  return 0;
}
`;
}

interface Finding {
  readonly op: string;
  readonly worst: number;
  readonly wrong: number;
  readonly bits: string;
}

function measure(march: string): Finding[] {
  const kernels = vectorMathOps.map((op) => {
    const k = new KernelBuilder(op, [{ param: 0 }]);
    const x = k.load(k.operand('float32', [1]));
    k.store(k.operand('float32', [1]), k.scalar(op, x));
    return k.build();
  });
  const unit = emitUnit({ kernels }, cDialect);
  return inTemporaryFolder((folder) => {
    const [source, program] = [join(folder, 'unit.c'), join(folder, 'unit')];
    writeFileSync(source, `${unit.text}\n${harness(unit.symbols)}`);
    cc([
      ...kernelFlags,
      `-march=${march}`,
      '-Wall',
      '-Wextra',
      '-Werror',
      source,
      '-o',
      program,
      '-lm',
    ]);
    const { stdout } = spawnSync(program, { encoding: 'utf8' });
    return stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' '))
      .map(([op, worst, wrong, bits]) => ({
        op,
        worst: Number(worst),
        wrong: Number(wrong),
        bits,
      }));
  });
}

describe('vector math', () => {
  const findings = measure('native');

  /** Error allowed, in ulp: a power of e and a quotient meet in the last two. */
  const most = (op: string): number => (op === 'erfc' || op === 'ndtr' ? 5 : 2);

  it.each([...vectorMathOps])('%s is within few ulp everywhere, special values right', (op) => {
    const found = findings.find((finding) => finding.op === op)!;
    expect(found.wrong).toBe(0);
    expect(found.worst).toBeGreaterThan(0.4);
    expect(found.worst).toBeLessThan(most(op));
  });

  it('gives the same bits with vectors of 16 bytes and no fused multiply-add', () => {
    const bits = (list: readonly Finding[]): string[] => list.map((found) => found.bits);
    expect(bits(measure('x86-64'))).toEqual(bits(findings));
  }, 3_600_000);
});
