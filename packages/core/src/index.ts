/** @tno/core: symbolic tensors, gradients, compiled functions. Free of Node; see node.ts for what needs files. */
import { bindEval } from './compile/eval.js';
import { endPackage } from './graph/trace.js';
import { bindMethods } from './tensor/methods.js';

bindMethods();
bindEval();
endPackage();

export * from './errors.js';
export * from './types/dtype.js';
export { promote, literalDType, type Promote } from './types/promote.js';
export { NDArray, ndarray, isNDArray, type NDArrayInput } from './types/ndarray.js';
export { TensorType, tensorType, type StaticShape } from './types/tensor-type.js';
export { encodeNpy, decodeNpy, encodeNpz, decodeNpz } from './types/npy.js';

export { config, configure, flagSource, pinFloatX } from './config/config.js';
export { formatBytes, parseBytes } from './config/byte-size.js';
export {
  describeFlags,
  describeOtherFlags,
  flags,
  type FlagName,
  type Flags,
} from './config/flags.js';

export { Apply, TensorVariable, apply1, applyOp } from './graph/variable.js';
export { Constant, scalarConstant } from './graph/constant.js';
export { SharedVariable, type SharedValue } from './graph/shared.js';
export { FunctionGraph, type Client } from './graph/function-graph.js';
export {
  defineOp,
  opKey,
  type Op,
  type Pullback,
  type Pushforward,
  type SizeAlgebra,
  type InputGradient,
  type PropValue,
} from './graph/op.js';
export { evaluate } from './graph/evaluate.js';
export { nd } from './nd.js';
export type { ArrayLike } from './eager.js';
export { cloneReplace } from './graph/clone.js';
export { toposort, leavesOf } from './graph/traverse.js';
export { userFrames, type Trace } from './graph/trace.js';

export * from './tensor/create.js';
export * from './tensor/functions.js';
export * from './tensor/special-functions.js';
export * from './tensor/shape-functions.js';
export * from './tensor/order-functions.js';
export * from './tensor/images.js';
export * from './tensor/networks.js';
export * from './tensor/products.js';
export * as fft from './tensor/fft.js';
export * as linalg from './tensor/linalg.js';
export type * from './tensor/dtype-types.js';
export {
  asConstant as constant,
  asVariable,
  type TensorLike,
  type Literal,
} from './ops/as-variable.js';
export { switchOp as switch, switchOp as where } from './tensor/functions.js';
export type { Axes, ReduceOptions } from './ops/reduce.js';
export { slice, type Slice } from './ops/subtensor.js';
export type { RoundingMode } from './ops/rounding.js';
export type { CloseOptions } from './ops/close.js';
export type { ChooseMode } from './ops/choose.js';
export { ellipsis, newAxis, type Index } from './ops/advanced-index.js';
export { nonzero } from './ops/nonzero.js';

export { RandomStream, type DrawRank } from './random/stream.js';
export { dropout, type DropoutOptions } from './random/dropout.js';

export { grad, type GradientOf, type GradOptions } from './grad/grad.js';
export {
  considerConstant,
  disconnectedGrad,
  gradClip,
  gradScale,
  undefinedGrad,
  zeroGrad,
} from './grad/gradient-flow.js';
export { subgraphGrad } from './grad/subgraph-grad.js';
export {
  hessian,
  hessianVectorProduct,
  jacobian,
  type HessianOf,
  type JacobianOf,
  type JacobianOptions,
} from './inner/jacobian.js';
export { ifElse } from './inner/if-else.js';
export { minimize, root, type SolverOptions } from './inner/implicit.js';
export {
  opFromGraph,
  type LopOverride,
  type LopOverrides,
  type OpFromGraph,
  type OpFromGraphOptions,
  type RopOverride,
  type RopOverrides,
} from './inner/op-from-graph.js';
export { assert } from './ops/assert.js';
export { breakpoint, print, type PrintOptions } from './ops/print.js';
export { asOp, type AsOpDefinition } from './ops/as-op.js';
export { mapRows, type RowsOf } from './inner/map-rows.js';
export { vectorizeGraph, type Replacements } from './inner/vectorize-graph.js';
export { Lop, Rop, type DerivativeOf, type RopOptions } from './grad/rop.js';
export { MissingGradient, gradNotImplemented, gradUndefined } from './graph/missing-gradient.js';
export { verifyGrad, type VerifyGradOptions } from './grad/verify-grad.js';

export { rule, type Rule, type RuleContext, type RuleTag } from './optimizer/rule.js';
export { rewrite, type OptimizerProfile } from './optimizer/engine.js';
export { optimize, phases } from './optimizer/phases.js';
export {
  asWritten,
  Mode,
  modes,
  monitorMode,
  nanGuardMode,
  type ModeName,
  type ModeTag,
  type NodeRun,
  type Watch,
} from './optimizer/mode.js';
export type { NanGuardOptions } from './optimizer/nan-guard.js';

export type { Lowering, PointScope, StepScope, Point, Coordinate } from './lower/lowering.js';
export * from './lower/program.js';
export { scalarOps, reduceOps, type ScalarOp, type ReduceOp } from './lower/scalar-op.js';
export { ProgramBuilder } from './lower/program-builder.js';
export { KernelBuilder } from './lower/kernel-builder.js';
export { encodeProgram } from './lower/encode.js';
export { decodeProgram } from './lower/decode.js';
export { verifyProgram } from './lower/verify-program.js';
export { debugPrint, type DebugPrintOptions } from './debug/debug-print.js';
export { pp } from './debug/pretty-print.js';
export { printProgram } from './lower/print-program.js';
export { lower, type Lowered } from './lower/lower.js';

export * from './device/target.js';
export { Recording } from './device/recording.js';
export { outputOver, type OutputMemory } from './device/output-memory.js';
export { currentDevice, setDeviceLoader, type DeviceLoader } from './device/registry.js';
export { createReferenceDevice } from './device/reference-device.js';
export { createNullDevice } from './device/null-device.js';

export {
  compile,
  compile as function,
  type CompiledFunction,
  type FunctionOptions,
  type CompileProfile,
} from './compile/function.js';
export {
  compileMany,
  type CompiledFunctions,
  type FunctionRequest,
} from './compile/compile-many.js';
export type { EvalValues } from './compile/eval.js';
export { In, Out, type InOptions, type OutOptions } from './compile/in-out.js';
export type { AsyncOptions } from './compile/caller.js';
export {
  FunctionProfile,
  type ProfileData,
  type RuleUse,
  type StepProfile,
} from './compile/profile.js';
export type { Profiler } from './compile/profiler.js';
export type { ChromeTrace, TraceEvent } from './compile/profile-trace.js';
export type { CopyOptions } from './compile/copy.js';
export type { Givens, NoDefaultUpdates, Updates } from './compile/updates.js';
export { shared, type SharedOptions } from './compile/shared.js';
export type { ValueFor, ResultOf } from './compile/types.js';

export { emitUnit } from './codegen/c-family.js';
export { cHelper } from './codegen/c-helpers.js';
export { cScalarOps } from './codegen/c-scalar.js';
export { cLiteral, type LiteralForms } from './codegen/literals.js';
export type { Dialect, Helper, ScalarText, TypeNames, UseHelper } from './codegen/dialect.js';
