/**
 * Program: the compiled form of a function, as plain versioned data.
 *
 * A Program says everything a device has to do for one call: a table of size expressions, buffers
 * with symbolic shapes, loop kernels, and steps. It holds no pointers, no closures and no op names
 * that a walker must know (beyond the short list of callees); it can be printed, verified, encoded
 * to integers, and walked by the TypeScript and by the C++ walker with equal results.
 */
import type { Routine } from '../routines/routine.js';
import type { DType } from '../types/dtype.js';
import type { ReduceOp, ScalarOp } from './scalar-op.js';

export const PROGRAM_VERSION = 1;

/** Index into `Program.sizes`. */
export type SizeId = number;
/** Index into `Program.buffers`. */
export type BufferId = number;
/** Index into `Program.kernels`. */
export type KernelId = number;
/** Index into `Program.sites`. */
export type SiteId = number;

/** Binary size operations. `floordiv` and `mod` round toward minus infinity, a zero divisor gives 0; `eq`/`lt` give 0 or 1. */
export type SizeBinary = 'add' | 'sub' | 'mul' | 'floordiv' | 'mod' | 'min' | 'max' | 'eq' | 'lt';

/**
 * One node of the size table; operands are ids of earlier nodes, values are int64.
 * `dim`: an axis of an input or shared buffer. `value`: the one element of a rank-0 integer or bool
 * buffer: an input, shared or constant (known when the call starts), or a temp (a *late size*, known
 * after the step that writes it; such nodes are evaluated by a later `sizes` step). `counter`: the
 * iteration number of an enclosing loop, from 0.
 */
export type SizeNode =
  | { readonly op: 'const'; readonly value: number }
  | { readonly op: 'dim'; readonly buffer: BufferId; readonly axis: number }
  | { readonly op: 'value'; readonly buffer: BufferId }
  | { readonly op: 'counter'; readonly loop: number }
  | { readonly op: SizeBinary; readonly a: SizeId; readonly b: SizeId }
  | { readonly op: 'select'; readonly cond: SizeId; readonly a: SizeId; readonly b: SizeId };

/**
 * A buffer. All but views are C-contiguous from their start.
 * - `input`/`shared`/`const`/`output`: `index` is the position among the call's inputs, the bound
 *   shared variables, `Program.constants`, the call's outputs. Input and shared shapes are `dim` nodes.
 * - `temp`: lives in arena slot `slot`; buffers with disjoint lifetimes share slots. `capacity`, if
 *   given, is the number of elements to allocate (a bound) where `shape` is known only later.
 * - `view`: elements of `base` (never itself a view) at `offset + Σ index·strides`, in elements.
 *   Offsets and strides may use a loop counter: that is how a loop sees windows and ring buffers.
 */
export type BufferDecl =
  | {
      readonly role: 'input' | 'shared' | 'const' | 'output';
      readonly dtype: DType;
      readonly shape: readonly SizeId[];
      readonly index: number;
    }
  | {
      readonly role: 'temp';
      readonly dtype: DType;
      readonly shape: readonly SizeId[];
      readonly slot: number;
      readonly capacity: SizeId | null;
    }
  | {
      readonly role: 'view';
      readonly dtype: DType;
      readonly shape: readonly SizeId[];
      readonly base: BufferId;
      readonly offset: SizeId;
      readonly strides: readonly SizeId[];
    };

/** A kernel's size or stride: a literal known at compile time, or parameter `param` of the launching step. */
export type KernelDim = { readonly lit: number } | { readonly param: number };

/** One computed index of a gather or scatter: element offset `wrap(value)·stride`, checked against `size`. Negative counts from the end. */
export interface KernelIndex {
  readonly value: number;
  readonly size: KernelDim;
  readonly stride: KernelDim;
}

/** An instruction of a kernel's scalar program, in SSA form: its value's id is its position (see LoopKernel). */
export type KernelInstr =
  | {
      readonly op: 'load';
      readonly dtype: DType;
      readonly operand: number;
      readonly index: readonly KernelIndex[];
    }
  | { readonly op: 'const'; readonly dtype: DType; readonly lo: number; readonly hi: number }
  | { readonly op: 'axis'; readonly dtype: 'int64'; readonly axis: number }
  | { readonly op: 'dim'; readonly dtype: 'int64'; readonly dim: KernelDim }
  | {
      readonly op: 'scalar';
      readonly dtype: DType;
      readonly fn: ScalarOp;
      readonly args: readonly number[];
    };

/** An operand buffer of a kernel; `strides` (in elements) has one entry per kernel axis. */
export interface KernelOperand {
  readonly dtype: DType;
  readonly strides: readonly KernelDim[];
}

export interface KernelReduction {
  readonly op: ReduceOp;
  readonly dtype: DType;
  /** Id of the body value that is reduced. */
  readonly value: number;
}

export interface KernelStore {
  readonly operand: number;
  readonly value: number;
  readonly index: readonly KernelIndex[];
  readonly mode: 'set' | 'add';
}

/**
 * One loop nest: outer (parallel) axes, then `reduceRank` innermost axes that are reduced.
 * Value ids count through `body`, then `reductions`, then `epilogue`. `body` runs for every point
 * of all axes, `epilogue` and `stores` for every point of the outer axes. Without reductions
 * (`reduceRank` 0) `epilogue` is empty and `stores` use body values; with them, epilogue and stores
 * use only reductions and epilogue values. A store's operand may be a load's operand too (in place)
 * when every point reads only what it writes itself. Kernels with an indexed store are `serial`
 * (iterations in order, one thread), so that duplicate indices accumulate or the last one wins.
 *
 * Sums and products are taken over a fixed tree, whatever the vector width: see `codegen`.
 */
export interface LoopKernel {
  readonly name: string;
  /** Axis extents, outermost first; the last `reduceRank` are reduced. */
  readonly axes: readonly KernelDim[];
  readonly reduceRank: number;
  readonly operands: readonly KernelOperand[];
  readonly body: readonly KernelInstr[];
  readonly reductions: readonly KernelReduction[];
  readonly epilogue: readonly KernelInstr[];
  readonly stores: readonly KernelStore[];
  readonly serial: boolean;
  /** Number of step parameters that `KernelDim.param` refers to. */
  readonly params: number;
}

/**
 * Library routines.
 * - `gemm`: `ins` [A, B] → Y = A·B, or [A, B, C, alpha, beta] → Y = alpha·A·B + beta·C. A is [m,k], B [k,n],
 *   C and Y [m,n]; A and B have a unit stride in one axis (row- or column-major); C any strides (0 too); Y a
 *   unit inner stride; alpha and beta rank 0. Y may be C's very buffer (accumulate in place), else no overlap.
 *   With beta 0, C is not read (its NaN do not spread).
 * - `gemv`: the same with B and C, Y of rank 1: [A, x] or [A, x, y, alpha, beta].
 * - `ger`: `ins` [A, x, y, alpha] → Y = A + alpha·x·yᵀ; Y may be A's buffer.
 * - `nonzero`: `ins` [x] (contiguous) → `outs` [flat int64 positions of the elements that are not 0, in order
 *   (capacity: x's size); their int64 count, rank 0].
 */
export const callees = ['gemm', 'gemv', 'ger', 'nonzero'] as const;
export type Callee = (typeof callees)[number];

/**
 * - `sizes`: evaluate sizes[from, to), run `checks`, then allocate `alloc` (temps and outputs whose sizes are now known).
 * - `kernel`: `dims` are the kernel's parameters; `sites` has one entry per gather/scatter index, in order of
 *   appearance (body, epilogue, stores), for the index error's message.
 * - `routine`: a library routine over whole contiguous arrays; `params` are sizes.
 * - `copy`: `to` = elements of `from`; same shape, but a `shared` target takes the source's shape (only after `commit`).
 * - `loop`: `body` for counter = 0 … trips-1; stops early after an iteration that leaves `until` true; `taken`
 *   (int64, rank 0) receives the number of iterations run. Its body starts with its own `sizes` step where needed.
 * - `cond`: one of the two branches by the bool `test`.
 * - `host`: calls host function number `host` with the values of `ins`; it gives those of `outs`.
 * - `commit`: from here on no step can fail; `reserve` lists copies to shared buffers for which memory is taken now.
 */
export type Step =
  | {
      readonly kind: 'sizes';
      readonly from: SizeId;
      readonly to: SizeId;
      readonly checks: readonly number[];
      readonly alloc: readonly BufferId[];
    }
  | {
      readonly kind: 'kernel';
      readonly kernel: KernelId;
      readonly operands: readonly BufferId[];
      readonly dims: readonly SizeId[];
      readonly site: SiteId;
      readonly sites: readonly SiteId[];
    }
  | {
      readonly kind: 'call';
      readonly callee: Callee;
      readonly ins: readonly BufferId[];
      readonly outs: readonly BufferId[];
      readonly site: SiteId;
    }
  | {
      readonly kind: 'routine';
      readonly routine: Routine;
      readonly params: readonly SizeId[];
      readonly ins: readonly BufferId[];
      readonly outs: readonly BufferId[];
      readonly site: SiteId;
    }
  | { readonly kind: 'copy'; readonly from: BufferId; readonly to: BufferId; readonly site: SiteId }
  | {
      readonly kind: 'loop';
      readonly loop: number;
      readonly trips: SizeId;
      readonly body: readonly Step[];
      readonly until: BufferId | null;
      readonly taken: BufferId | null;
      readonly site: SiteId;
    }
  | {
      readonly kind: 'cond';
      readonly test: BufferId;
      readonly then: readonly Step[];
      readonly else: readonly Step[];
      readonly site: SiteId;
    }
  | {
      readonly kind: 'host';
      readonly host: number;
      readonly ins: readonly BufferId[];
      readonly outs: readonly BufferId[];
      readonly site: SiteId;
    }
  | {
      readonly kind: 'commit';
      readonly reserve: readonly { readonly from: BufferId; readonly to: BufferId }[];
    };

/** A run-time condition on sizes; when it does not hold the call fails with `text`, in which `{a}` and `{b}` stand for the values. */
export interface Check {
  readonly rel: 'eq' | 'le' | 'lt';
  readonly a: SizeId;
  readonly b: SizeId;
  readonly site: SiteId;
  /** Error class of the failure. */
  readonly error: 'shape' | 'index' | 'assert';
  readonly text: string;
}

/** Where a step or check comes from; the creation trace is kept beside the Program by the compiled function. */
export interface Site {
  readonly op: string;
}

export interface ConstantData {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Little-endian bytes, C-contiguous. */
  readonly bytes: Uint8Array;
}

export interface Program {
  readonly version: typeof PROGRAM_VERSION;
  readonly sizes: readonly SizeNode[];
  readonly buffers: readonly BufferDecl[];
  readonly constants: readonly ConstantData[];
  readonly kernels: readonly LoopKernel[];
  readonly checks: readonly Check[];
  /** The first step is a `sizes` step. */
  readonly steps: readonly Step[];
  readonly inputs: readonly BufferId[];
  readonly shared: readonly BufferId[];
  readonly outputs: readonly BufferId[];
  /** Number of arena slots. */
  readonly slots: number;
  /** Number of loops (ids of `counter` nodes and `loop` steps). */
  readonly loops: number;
  readonly sites: readonly Site[];
}
