import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import * as errors from './errors.js';
import { DisconnectedInputError, GradError, ShapeError, TnoError } from './errors.js';

const codes: Record<string, string> = {
  TypeInferenceError: 'E_TYPE',
  DTypeError: 'E_DTYPE',
  ShapeError: 'E_SHAPE',
  IndexRangeError: 'E_INDEX',
  GradError: 'E_GRAD',
  DisconnectedInputError: 'E_DISCONNECTED',
  AssertError: 'E_ASSERT',
  NanGuardError: 'E_NAN_GUARD',
  BadRewriteError: 'E_BAD_REWRITE',
  BadKernelError: 'E_BAD_KERNEL',
  BadProgramError: 'E_BAD_PROGRAM',
  NullGradientError: 'E_NULL_GRADIENT',
  MissingInputError: 'E_MISSING_INPUT',
  UnusedInputError: 'E_UNUSED_INPUT',
  InputError: 'E_INPUT',
  NumericalError: 'E_NUMERICAL',
  UpdateError: 'E_UPDATE',
  GivensError: 'E_GIVENS',
  RewriteError: 'E_REWRITE',
  VerifyError: 'E_VERIFY',
  CompileError: 'E_COMPILE',
  DeviceError: 'E_DEVICE',
  AddonLoadError: 'E_ADDON',
  ConfigError: 'E_CONFIG',
  FormatError: 'E_FORMAT',
  SymbolicValueError: 'E_SYMBOLIC',
};

describe('errors', () => {
  it.each(Object.entries(codes))('%s has the code %s and its own name', (name, code) => {
    const ErrorClass = (errors as unknown as Record<string, typeof TnoError>)[name];
    const error = new ErrorClass('[op] expected a, got b');
    expect(error).toBeInstanceOf(TnoError);
    expect(error).toBeInstanceOf(Error);
    expect(error.code).toBe(code);
    expect(error.name).toBe(name);
    expect(error.message).toBe('[op] expected a, got b');
    expect(inspect(error)).toContain(name);
  });

  it('lists every exported class with a code of its own', () => {
    const exported = Object.values(errors).filter((value) => value !== TnoError);
    const seen = exported.map((ErrorClass) => new ErrorClass('x').code);
    expect(new Set(seen).size).toBe(exported.length);
    // UnsafeIntegerError is no TnoError, AsyncInFlightError has a message of its own.
    expect(exported.length).toBe(Object.keys(codes).length + 2);
  });

  it('puts the trace and the hint below the message', () => {
    const error = new ShapeError('[dot] no', { trace: 'made at model.ts:3', hint: 'transpose x' });
    expect(error.message).toBe('[dot] no\nmade at model.ts:3\nhint: transpose x');
  });

  it('keeps the cause, and has none when none was given', () => {
    const cause = new Error('below');
    expect(new TnoError('x', { cause }).cause).toBe(cause);
    expect('cause' in new TnoError('x')).toBe(false);
  });

  it('makes a disconnected input a gradient error', () => {
    expect(new DisconnectedInputError('x')).toBeInstanceOf(GradError);
  });

  it('makes a call in the way of another a device error', () => {
    const error = new errors.AsyncInFlightError();
    expect(error).toBeInstanceOf(errors.DeviceError);
    expect(error.code).toBe('E_ASYNC_IN_FLIGHT');
    expect(error.message).toMatch(/host step.*\nhint: await/s);
  });

  it('makes an unsafe integer a RangeError', () => {
    const error = new errors.UnsafeIntegerError('x');
    expect(error).toBeInstanceOf(RangeError);
    expect(error.code).toBe('E_UNSAFE_INTEGER');
  });
});
