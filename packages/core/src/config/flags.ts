/** The configuration flags there are: their defaults, what they take, what they do. */
import type { FloatX } from '../tensor/dtype-types.js';
import { bytesExpected, isBytes } from './byte-size.js';

/** One flag. */
export interface Flag<T extends string | boolean = string | boolean> {
  readonly default: T;
  /** The values it takes; null for any text. */
  readonly values: readonly T[] | null;
  readonly about: string;
  /** What text it takes, where not all is good. */
  readonly text?: { readonly expected: string; readonly fits: (text: string) => boolean };
}

const choice = <const T extends string>(
  values: readonly T[],
  standard: NoInfer<T>,
  about: string,
): Flag<T> => ({ default: standard, values, about });
const text = (about: string): Flag<string> => ({ default: '', values: null, about });
const bytes = (standard: string, about: string): Flag<string> => ({
  default: standard,
  values: null,
  about,
  text: { expected: bytesExpected, fits: isBytes },
});
const toggle = (about: string): Flag<boolean> => ({ default: false, values: [true, false], about });

/** Every flag there is. */
export const flags = {
  device: choice<string>(
    ['cpu', 'reference', 'null'],
    'cpu',
    'Where functions run and shared variables live: cpu (generated C), reference (TypeScript, slow), null (compiles, runs nothing). Fixed at the first use.',
  ),
  floatX: choice(
    ['float16', 'float32', 'float64'],
    'float32',
    'The dtype of unprefixed constructors, of shared numbers, and of floats made from integers.',
  ),
  mode: choice(
    ['FAST_RUN', 'FAST_COMPILE', 'NONE', 'NanGuardMode', 'DebugMode'],
    'FAST_RUN',
    'The mode of functions that name none: FAST_RUN (all rewrites), FAST_COMPILE (only those that values depend on), NONE (only those, and a kernel for each op), NanGuardMode (fails at the first NaN, infinity or huge number), DebugMode (checks everything against everything, slowly).',
  ),
  cacheDir: text(
    'The folder of compiled kernels; empty: `tno/kernels` in the cache folder of the user. Fixed at the first use.',
  ),
  cacheLimit: bytes(
    '1G',
    'The size at which the folder of compiled kernels loses those used longest ago; 0: no limit. Fixed at the first use.',
  ),
  memoryLimit: bytes(
    '0',
    "The most memory that shared variables, temps and a call's results may take on the cpu device; what would exceed it is an error; 0: no limit. Fixed at the first use.",
  ),
  compiler: text(
    'The C compiler for kernels, a path or a name; empty: TNO_CC, else the first of cc, gcc, clang. Fixed at the first use.',
  ),
  providers: choice(
    ['auto', 'plain'],
    'auto',
    'What computes products: auto (a library where there is one), plain (own kernels). Fixed at the first use.',
  ),
  kernels: choice(
    ['auto', 'compiled', 'interpreted'],
    'auto',
    'How kernels run: auto (interpreted at once, compiled as soon as a native thread has done so), compiled (function() waits for the compiler), interpreted (nothing is compiled); all give the same bits. Fixed at the first use.',
  ),
  forceDevice: toggle(
    'A device that is not to be had is an error; else the reference device stands in, with a warning.',
  ),
  profile: toggle(
    'Record what the steps of every function take; the figures are printed when the process ends, to stderr.',
  ),
  verify: toggle('Verify the graph after every rewrite, and the Program, while compiling.'),
  optimizerIncluding: text(
    'Groups of rewrites, joined by colons, that modes called by name run as well: remove-assert.',
  ),
  optimizerExcluding: text(
    'Groups of rewrites, or single ones by name, joined by colons, that modes called by name leave out: unsafe-nan:fusion.',
  ),
  onRewriteError: choice(
    ['raise', 'warn', 'ignore'],
    'raise',
    'What a rewrite that throws does: fail the compilation, be skipped with a warning, or be skipped.',
  ),
  onHostStep: choice(
    ['warn', 'ignore', 'raise'],
    'warn',
    'What function() does about an op that runs in JavaScript inside of compiled code, as those of asOp do.',
  ),
  warnFloat64: choice(
    ['ignore', 'warn', 'raise'],
    'ignore',
    'What happens where the program makes a float64 variable: for finding what makes a float32 program slow.',
  ),
  exceptionVerbosity: choice(
    ['low', 'high'],
    'low',
    'Whether errors of a call also print the graph below the op that failed.',
  ),
  onUnusedInput: choice(
    ['raise', 'warn', 'ignore'],
    'raise',
    'What function() does about an input that nothing uses, unless its options say.',
  ),
  optimizerVerbose: toggle('Print each rewrite that is applied, to stderr.'),
} as const;

export type FlagName = keyof typeof flags;

type Value<F> = F extends Flag<infer T> ? T : never;

/** The configuration: a value for each flag. */
export type Flags = {
  -readonly [K in FlagName]: K extends 'floatX' ? FloatX : Value<(typeof flags)[K]>;
};

/** What the flags of Theano became that are none here. */
const instead: Readonly<Record<string, string>> = {
  'linker, cxx, gcc.cxxflags': 'the flags `kernels` and `compiler`; code is the same for all of them',
  'optimizer, optimizer_requiring': 'the flag `mode`, and `Mode.including`, `excluding`',
  'on_opt_error': 'the flag `onRewriteError`',
  'on_shape_error': 'sizes that clash are errors, where the graph is built or at the call',
  'cast_policy, int_division': 'one rule: an integer takes the width of the float it meets; `div`, `intDiv`',
  'allow_gc': '`f.free()`; memory is planned once a function',
  'scan.allow_gc, scan.allow_output_prealloc': 'memory of loops is planned with that of their function',
  'check_input': '`trustInput` of a function',
  'NanGuardMode.*': 'options of `nanGuardMode()`',
  'DebugMode.*': 'DebugMode checks everything, always',
  'profile_memory, profile_optimizer, profiling.*, print_global_stats': '`f.profile()` and the flag `profile`, which have all of them',
  'compute_test_value, print_test_value': '`x.eval()` and `tno.nd`; known sizes that clash are refused where they are written',
  'traceback.limit, traceback.compile_limit': 'every node keeps its line, whatever the rewrites did',
  'openmp, openmp_elemwise_minsize': 'the environment variable `TNO_NUM_THREADS`; what is worth several threads is estimated',
  'deterministic, conv.assert_shape': 'results are always deterministic, shapes always checked',
  'cycle_detection': 'what happens in place is planned along the order of the steps, which has no cycles',
  'compiledir, base_compiledir, compiledir_format': 'the flag `cacheDir`; what is in it is named by its contents',
  'compile.wait, compile.timeout, cmodule.age_thresh_use': 'nothing waits for locks; `cacheLimit`, `tno cache trim`',
  'blas.ldflags': 'the flag `providers`; libraries are found when they are opened',
  'assert_no_cpu_op': 'the flag `onHostStep`',
  'metaopt.*': 'each target has one way to compute an op',
  'contexts, gpuarray.*, dnn.*': 'there is no GPU that runs functions yet',
  'unittests.rseed': 'random tests print their seeds and take them back: `npm run fuzz -- --seed N`',
}; // prettier-ignore

/** The flags of Theano that are none here, and what there is in their place, as a Markdown table. */
export function describeOtherFlags(): string {
  const code = (names: string): string => names.replace(/[\w.*]+/g, (name) => `\`${name}\``);
  const rows = Object.entries(instead).map(([names, what]) => `| ${code(names)} | ${what} |`);
  return ['| In Theano | Here |', '| --- | --- |', ...rows].join('\n');
}

/** The flags as a Markdown table. */
export function describeFlags(): string {
  const code = (value: unknown): string => (value === '' ? 'empty' : `\`${String(value)}\``);
  const rows = Object.entries<Flag>(flags).map(
    ([name, { default: standard, values, about, text }]) => {
      const taken = values === null ? (text?.expected ?? 'text') : values.map(code).join(', ');
      return `| \`${name}\` | ${taken} | ${code(standard)} | ${about} |`;
    },
  );
  return ['| Flag | Values | Default | What it does |', '| --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}
