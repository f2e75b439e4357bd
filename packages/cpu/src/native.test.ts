import { AddonLoadError } from '@tno/core';
import { describe, expect, it } from 'vitest';
import { ADDON_ABI, KERNEL_ABI, loadAddon, loadFrom } from './native.js';

describe('loadAddon', () => {
  it('loads the addon of this version, once', () => {
    const addon = loadAddon();
    expect(addon.abi).toBe(ADDON_ABI);
    expect(addon.kernelAbi).toBe(KERNEL_ABI);
    expect(loadAddon()).toBe(addon);
  });

  it('says where it looked and what to do when there is none', () => {
    const load = (): unknown => loadFrom(['/nowhere/a.node', '/nowhere/b.node']);
    expect(load).toThrow(AddonLoadError);
    expect(load).toThrow(/\/nowhere\/a\.node: [^]*\/nowhere\/b\.node: [^]*1\. [^]*2\. [^]*3\. /);
  });

  it('refuses garbage instead of using it', () => {
    const addon = loadAddon();
    const request = {
      encoded: new Int32Array([1, 2, 3]),
      constants: [],
      library: null,
      symbols: [],
      shared: [],
      hosts: [],
      plain: true,
    };
    expect(() => addon.load(request)).toThrow(/expected the mark of a program/);
    expect(() => addon.load({ ...request, encoded: new Int32Array(0) })).toThrow(/end/);
    expect(() => new addon.SharedStorage(12, 0)).toThrow(TypeError);
    expect(() => new addon.SharedStorage(0, 33)).toThrow(TypeError);
  });
});
