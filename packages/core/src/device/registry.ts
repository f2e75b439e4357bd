/**
 * The device of this process: chosen by `config.device` at the first `function()` or `shared()`, fixed
 * from then on. Backends other than the built-in ones are loaded by the host environment (the Node
 * entry); where that fails, the reference device stands in, with one warning, unless `config.forceDevice`.
 */
import { config, flagSource, lockFlag } from '../config/config.js';
import { ConfigError, DeviceError, TnoError } from '../errors.js';
import { createNullDevice } from './null-device.js';
import { createReferenceDevice, referenceTarget } from './reference-device.js';
import type { Device } from './target.js';

/** Opens the device of a backend package, e.g. 'cpu' → @tno/cpu. */
export type DeviceLoader = (name: string) => Device;

let loader: DeviceLoader | null = null;
let current: Device | null = null;

/** Tells how backends are found; the last one told counts. */
export function setDeviceLoader(load: DeviceLoader): void {
  loader = load;
}

/**
 * The device that functions run on and shared variables live on. @throws ConfigError where a setting is bad;
 * what hinders the device, where `config.forceDevice`
 */
export function currentDevice(): Device {
  if (current === null) {
    current = open(config.device);
    for (const flag of [
      'device',
      'cacheDir',
      'cacheLimit',
      'memoryLimit',
      'compiler',
      'providers',
      'kernels',
    ] as const) {
      lockFlag(flag, 'the first function() or shared() fixed it');
    }
  }
  return current;
}

function open(name: string): Device {
  if (name === 'reference') return createReferenceDevice();
  // In a browser there is no other one, and nobody asked for one.
  if (loader === null && flagSource('device') === 'default') return createReferenceDevice();
  if (name === 'null') return createNullDevice(referenceTarget);
  try {
    if (loader === null) {
      throw new DeviceError(`[device] expected a host that can load @tno/${name}, got none here`);
    }
    return loader(name);
  } catch (error) {
    if (config.forceDevice || !(error instanceof TnoError) || error instanceof ConfigError)
      throw error;
    console.warn(
      `tno: device '${name}' is not to be had, the slow reference device is used instead: ${error.message}`,
    );
    return createReferenceDevice();
  }
}
