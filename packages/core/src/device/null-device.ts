/** Compiles everything for a target and runs nothing: emission is tested with it on any machine. */
import { DeviceError } from '../errors.js';
import type { NDArray } from '../types/ndarray.js';
import { HostStorage } from './host-storage.js';
import type { Device, Executable, SharedStorage, SourceUnit, Target } from './target.js';

/** A device whose executables throw DeviceError (E_DEVICE) when run. */
export function createNullDevice(target: Target): Device {
  const stats = { compiled: 0, cached: 0 };
  const refuse = (): never => {
    throw new DeviceError(
      `[run] expected a device that runs kernels, got the null device of ${target.name}`,
    );
  };
  return {
    name: `null:${target.name}`,
    target,
    stats,
    createShared: (value: NDArray): SharedStorage => new HostStorage(value),
    load(_program, source: SourceUnit): Executable {
      stats.compiled += source.symbols.length;
      return {
        run: refuse,
        runAsync: () => Promise.resolve().then(refuse),
        free: () => undefined,
        ready: () => Promise.resolve(),
      };
    },
  };
}
