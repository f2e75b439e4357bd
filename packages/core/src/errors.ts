/**
 * Every error TNO throws on purpose. Each class has a stable `code`; texts may change, codes may not.
 * Messages follow `[op] expected ..., got ...`; the creation trace and the hint go below, one a line.
 */

export interface TnoErrorOptions {
  /** The error that led to this one. */
  readonly cause?: unknown;
  /** Where the user made the node in question, formatted for reading. */
  readonly trace?: string | undefined;
  /** What the user can do about it. */
  readonly hint?: string | undefined;
}

/** The base of all TNO errors; catch this to catch them all. */
export class TnoError extends Error {
  readonly code: string = 'E_TNO';

  static {
    this.prototype.name = 'TnoError';
  }

  constructor(message: string, options: TnoErrorOptions = {}) {
    super(composeMessage(message, options), 'cause' in options ? { cause: options.cause } : {});
    captureDeepStack(this, new.target);
  }
}

/** While a graph is built, ops call ops: more frames than usual are kept, so that the user's line is among them. */
function captureDeepStack(error: Error, constructor: new (...args: never[]) => Error): void {
  if (typeof Error.captureStackTrace !== 'function') return; // not V8
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = Math.max(limit, 40);
  Error.captureStackTrace(error, constructor);
  Error.stackTraceLimit = limit;
}

function composeMessage(message: string, options: TnoErrorOptions): string {
  const lines = [message];
  if (options.trace !== undefined && options.trace !== '') lines.push(options.trace);
  if (options.hint !== undefined && options.hint !== '') lines.push(`hint: ${options.hint}`);
  return lines.join('\n');
}

/** Input types do not fit the op that was applied to them. */
export class TypeInferenceError extends TnoError {
  override readonly code: string = 'E_TYPE';

  static {
    this.prototype.name = 'TypeInferenceError';
  }
}

/** A dtype does not fit, or a value does not fit its dtype. */
export class DTypeError extends TnoError {
  override readonly code: string = 'E_DTYPE';

  static {
    this.prototype.name = 'DTypeError';
  }
}

/** Shapes or ranks do not agree. */
export class ShapeError extends TnoError {
  override readonly code: string = 'E_SHAPE';

  static {
    this.prototype.name = 'ShapeError';
  }
}

/** An index, axis or slice is out of range. */
export class IndexRangeError extends TnoError {
  override readonly code: string = 'E_INDEX';

  static {
    this.prototype.name = 'IndexRangeError';
  }
}

/** A condition that an `assert` states does not hold. */
export class AssertError extends TnoError {
  override readonly code: string = 'E_ASSERT';

  static {
    this.prototype.name = 'AssertError';
  }
}

/** A gradient was asked for that cannot be built. */
export class GradError extends TnoError {
  override readonly code: string = 'E_GRAD';

  static {
    this.prototype.name = 'GradError';
  }
}

/** The gradient was asked with respect to something the cost does not depend on. */
export class DisconnectedInputError extends GradError {
  override readonly code: string = 'E_DISCONNECTED';

  static {
    this.prototype.name = 'DisconnectedInputError';
  }
}

/** The gradient would have to pass through a derivative that is undefined or not implemented. */
export class NullGradientError extends GradError {
  override readonly code: string = 'E_NULL_GRADIENT';

  static {
    this.prototype.name = 'NullGradientError';
  }
}

/** The graph needs a variable that was not given as an input. */
export class MissingInputError extends TnoError {
  override readonly code: string = 'E_MISSING_INPUT';

  static {
    this.prototype.name = 'MissingInputError';
  }
}

/** An input was given that the graph does not use. */
export class UnusedInputError extends TnoError {
  override readonly code: string = 'E_UNUSED_INPUT';

  static {
    this.prototype.name = 'UnusedInputError';
  }
}

/** A routine found values that it cannot work with, such as a matrix that is not positive definite. */
export class NumericalError extends TnoError {
  override readonly code: string = 'E_NUMERICAL';

  static {
    this.prototype.name = 'NumericalError';
  }
}

/** An argument of a call is not what the compiled function takes. */
export class InputError extends TnoError {
  override readonly code: string = 'E_INPUT';

  static {
    this.prototype.name = 'InputError';
  }
}

/** An update pair is not valid. */
export class UpdateError extends TnoError {
  override readonly code: string = 'E_UPDATE';

  static {
    this.prototype.name = 'UpdateError';
  }
}

/** A replacement in `givens` is not valid. */
export class GivensError extends TnoError {
  override readonly code: string = 'E_GIVENS';

  static {
    this.prototype.name = 'GivensError';
  }
}

/** A rewrite rule failed or does not settle. */
export class RewriteError extends TnoError {
  override readonly code: string = 'E_REWRITE';

  static {
    this.prototype.name = 'RewriteError';
  }
}

/** A verifier found an intermediate form to be broken; a defect in TNO or in an added rule. */
export class VerifyError extends TnoError {
  override readonly code: string = 'E_VERIFY';

  static {
    this.prototype.name = 'VerifyError';
  }
}

/** A node gave NaN, an infinity or a huge number, in a mode that refuses them. */
export class NanGuardError extends TnoError {
  override readonly code: string = 'E_NAN_GUARD';

  static {
    this.prototype.name = 'NanGuardError';
  }
}

/** DebugMode: a rewrite changed a value. */
export class BadRewriteError extends VerifyError {
  override readonly code: string = 'E_BAD_REWRITE';

  static {
    this.prototype.name = 'BadRewriteError';
  }
}

/** DebugMode: a node's code and its reference differ, or it wrote where it may not. */
export class BadKernelError extends VerifyError {
  override readonly code: string = 'E_BAD_KERNEL';

  static {
    this.prototype.name = 'BadKernelError';
  }
}

/** DebugMode: the whole Program and its nodes one by one differ, or it wrote where it may not. */
export class BadProgramError extends VerifyError {
  override readonly code: string = 'E_BAD_PROGRAM';

  static {
    this.prototype.name = 'BadProgramError';
  }
}

/** Generated code or a function could not be compiled. */
export class CompileError extends TnoError {
  override readonly code: string = 'E_COMPILE';

  static {
    this.prototype.name = 'CompileError';
  }
}

/** A device is missing, or failed while it worked. */
export class DeviceError extends TnoError {
  override readonly code: string = 'E_DEVICE';

  static {
    this.prototype.name = 'DeviceError';
  }
}

/** A call would have to wait for calls in flight that cannot end before it returns. */
export class AsyncInFlightError extends DeviceError {
  override readonly code: string = 'E_ASYNC_IN_FLIGHT';

  static {
    this.prototype.name = 'AsyncInFlightError';
  }

  constructor() {
    super(
      '[async] expected calls in flight that can end now, got one with a host step to run here',
      {
        hint: 'await the promises of the calls in flight first',
      },
    );
  }
}

/** A native addon could not be loaded. */
export class AddonLoadError extends TnoError {
  override readonly code: string = 'E_ADDON';

  static {
    this.prototype.name = 'AddonLoadError';
  }
}

/** A configuration flag is unknown or has a bad value. */
export class ConfigError extends TnoError {
  override readonly code: string = 'E_CONFIG';

  static {
    this.prototype.name = 'ConfigError';
  }
}

/** Bytes or a file are not in the format they should be in. */
export class FormatError extends TnoError {
  override readonly code: string = 'E_FORMAT';

  static {
    this.prototype.name = 'FormatError';
  }
}

/** A symbolic variable was used where JavaScript wants a value. */
export class SymbolicValueError extends TnoError {
  override readonly code: string = 'E_SYMBOLIC';

  static {
    this.prototype.name = 'SymbolicValueError';
  }
}

/** A 64-bit integer has no exact JavaScript number. A RangeError, as the language itself throws. */
export class UnsafeIntegerError extends RangeError {
  readonly code: string = 'E_UNSAFE_INTEGER';

  static {
    this.prototype.name = 'UnsafeIntegerError';
  }
}
