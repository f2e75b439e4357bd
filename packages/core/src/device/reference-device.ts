/**
 * The reference device: walks Programs in TypeScript, with kernels as emitted JavaScript. It is the
 * oracle for every other device, and the path that needs no native code.
 */
import { DeviceError } from '../errors.js';
import { emitJsUnit } from '../codegen/js.js';
import type { JsFailure, JsKernel } from '../codegen/js.js';
import { jsRuntime } from '../codegen/js-runtime.js';
import type { NDArray } from '../types/ndarray.js';
import type { Program } from '../lower/program.js';
import { referenceRoutines } from '../routines/reference.js';
import { CallQueue } from './call-queue.js';
import { copyElements } from './copy-elements.js';
import { HostStorage } from './host-storage.js';
import type { OutputMemory } from './output-memory.js';
import { runReferenceCall } from './reference-calls.js';
import type { Recording } from './recording.js';
import type {
  CallRequest,
  CancelSignal,
  Device,
  Executable,
  HostFunction,
  SharedStorage,
  SourceUnit,
  Target,
} from './target.js';
import { ProgramWalker } from './walk.js';
import type { IndexFailure, Place, WalkBackend } from './walk.js';

export const referenceTarget: Target = {
  name: 'reference',
  supportsCall({ callee, dtype }: CallRequest): boolean {
    return callee === 'nonzero' || dtype !== 'bool';
  },
  emit: (program: Program): SourceUnit => emitJsUnit(program),
};

export function createReferenceDevice(): Device {
  return new ReferenceDevice();
}

class ReferenceDevice implements Device {
  readonly name = 'reference';
  readonly target = referenceTarget;
  readonly stats = { compiled: 0, cached: 0 };
  private readonly units = new Map<string, Readonly<Record<string, JsKernel>>>();

  private readonly queue = new CallQueue();

  createShared(value: NDArray): SharedStorage {
    return new HostStorage(value, (storage, writes) =>
      this.queue.turn({ reads: [storage], writes: writes ? [storage] : [] }),
    );
  }

  load(
    program: Program,
    source: SourceUnit,
    shared: readonly SharedStorage[],
    host: readonly HostFunction[],
  ): Executable {
    const backend = kernelBackend(this.compile(source));
    const storages = shared.map((storage) => {
      if (storage instanceof HostStorage) return storage;
      throw new DeviceError(
        '[load] expected shared variables of the reference device, got another',
      );
    });
    return new ReferenceExecutable(
      new ProgramWalker({ program, backend, shared: storages, host }),
      this.queue,
    );
  }

  private compile(source: SourceUnit): readonly JsKernel[] {
    if (source.language !== 'js') {
      throw new DeviceError(`[load] expected a js unit, got one of ${source.language}`);
    }
    let unit = this.units.get(source.text);
    if (unit === undefined) {
      // The text is this module's own: emitJsUnit made it from a verified Program.
      // eslint-disable-next-line @typescript-eslint/no-implied-eval
      const make = new Function('h', source.text) as (
        h: typeof jsRuntime,
      ) => Readonly<Record<string, JsKernel>>;
      unit = make(jsRuntime);
      this.units.set(source.text, unit);
      this.stats.compiled += Object.keys(unit).length;
    } else {
      this.stats.cached += source.symbols.length;
    }
    return source.symbols.map((symbol) => unit[symbol]);
  }
}

/** A walker whose calls keep the order of the calls in flight. */
class ReferenceExecutable implements Executable {
  constructor(
    private readonly walker: ProgramWalker,
    private readonly queue: CallQueue,
  ) {}

  run(inputs: readonly NDArray[], outputs?: readonly (OutputMemory | null)[]): NDArray[] {
    this.queue.turn(this.walker.access);
    return this.walker.run(inputs, outputs);
  }

  runAsync(inputs: readonly NDArray[], signal?: CancelSignal): Promise<NDArray[]> {
    return new Promise((resolve, reject) => {
      const takeBack = this.queue.submit(this.walker.access, () => {
        signal?.removeEventListener('abort', abort);
        // What a run throws rejects.
        resolve(new Promise((done) => done(this.walker.run(inputs))));
      });
      const abort = (): void => {
        if (signal !== undefined && takeBack()) reject(signal.reason);
      };
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  free(): void {
    this.walker.free();
  }

  record(recording: Recording | null): void {
    this.walker.record(recording);
  }

  ready(): Promise<void> {
    return Promise.resolve();
  }
}

function kernelBackend(kernels: readonly JsKernel[]): WalkBackend {
  const failure: JsFailure = { gather: 0, value: 0, size: 0 };
  return {
    runKernel(
      kernel: number,
      operands: readonly Place[],
      dims: readonly number[],
    ): IndexFailure | null {
      const buf = operands.map(({ data }) => data);
      const off = operands.map(({ offset }) => offset);
      return kernels[kernel](buf, off, dims, failure) ? null : { ...failure };
    },
    runCall: runReferenceCall,
    runRoutine(routine, params, ins, outs): number | null {
      const given = ins.map((x) => x.contiguous());
      const result = referenceRoutines[routine](given, params);
      if ('failed' in result) return result.failed;
      result.forEach((value, k) => copyElements(value, outs[k]));
      return null;
    },
  };
}
