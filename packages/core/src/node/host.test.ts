import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as Index from '../index.js';
import type * as Host from './host.js';

type Core = typeof Index & typeof Host;

let root: string;
let home: string;
let folder: string;
let core: Core;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'tno-host-test-'));
  [home, folder] = ['home', 'project'].map((name) => join(root, name));
  mkdirSync(home);
  mkdirSync(folder);
  // Flags, their locks and the device last as long as the modules.
  vi.resetModules();
  core = { ...(await import('../index.js')), ...(await import('./host.js')) };
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(root, { recursive: true, force: true });
});

const rc = (at: string, text: string): void => writeFileSync(join(at, '.tnorc'), text);

describe('settings', () => {
  it('weigh more from the home folder to the current one to TNO_FLAGS to code', () => {
    rc(home, 'floatX=float16\nmode=FAST_COMPILE\nverify=true\ncacheDir=/home/cache\n');
    rc(folder, 'floatX=float64\nmode=NONE\nverify=false\n');
    core.applySettings(home, folder, 'floatX=float32,mode=FAST_RUN');
    core.config.floatX = 'float64';
    expect({ ...core.config }).toMatchObject({
      floatX: 'float64', // code
      mode: 'FAST_RUN', // TNO_FLAGS
      verify: false, // the project
      cacheDir: '/home/cache', // the home folder
      device: 'cpu', // the default
    });
  });

  it('may be absent', () => {
    core.applySettings(home, folder, '');
    core.applySettings(null, join(folder, 'nowhere'), '');
    expect(core.config.floatX).toBe('float32');
  });

  it('are read once where home is the current folder', () => {
    rc(home, 'floatX=float64');
    core.applySettings(home, home, '');
    expect(core.config.floatX).toBe('float64');
  });

  it('come from TNO_FLAGS of the environment', () => {
    vi.stubEnv('TNO_FLAGS', 'floatX=float16');
    core.applySettings(home, folder);
    expect(core.config.floatX).toBe('float16');
    vi.unstubAllEnvs();
  });

  it('name the file or variable where they are wrong', () => {
    rc(folder, 'floatx=float64');
    expect(() => core.applySettings(home, folder, '')).toThrow(core.ConfigError);
    expect(() => core.applySettings(home, folder, '')).toThrow(
      `[config] expected a known flag, got floatx (${join(folder, '.tnorc')}): did you mean floatX?`,
    );
    rc(folder, 'float64');
    expect(() => core.applySettings(home, folder, '')).toThrow(
      `expected name=value in ${join(folder, '.tnorc')}, got float64`,
    );
    rc(folder, '');
    expect(() => core.applySettings(home, folder, 'floatX=double')).toThrow(
      '[config] expected float16 | float32 | float64 for floatX (TNO_FLAGS), got double',
    );
  });

  it('that cannot be read are an error, not forgotten', () => {
    mkdirSync(join(folder, '.tnorc'));
    expect(() => core.applySettings(home, folder, '')).toThrow(core.ConfigError);
    expect(() => core.applySettings(home, folder, '')).toThrow(
      /expected to read .*\.tnorc, got EISDIR/,
    );
  });
});

describe('loadBackend', () => {
  /** A package @tno/<name> that the program at `folder` has. */
  function install(name: string, source: string): void {
    const at = join(folder, 'node_modules', '@tno', name);
    mkdirSync(at, { recursive: true });
    writeFileSync(
      join(at, 'package.json'),
      JSON.stringify({ name: `@tno/${name}`, type: 'module', exports: './index.js' }),
    );
    writeFileSync(join(at, 'index.js'), source);
  }

  beforeEach(() => {
    vi.spyOn(process, 'cwd').mockReturnValue(folder);
  });

  it('gives the flags to the backend, and leaves to it what they leave open', () => {
    install('echo', 'export const createDevice = (options) => options;');
    expect(core.loadBackend('echo')).toEqual({ cacheLimit: 1e9, memoryLimit: 0 });
    core.configure({
      cacheDir: '/cache',
      cacheLimit: '2Mi',
      compiler: 'clang',
      providers: 'plain',
      kernels: 'compiled',
    });
    expect(core.loadBackend('echo')).toEqual({
      cacheDir: '/cache',
      cacheLimit: 2 ** 21,
      memoryLimit: 0,
      compiler: 'clang',
      providers: 'plain',
      kernels: 'compiled',
    });
  });

  it('finds what the program has before what the current folder has', () => {
    install('mine', "export const createDevice = () => 'of the folder';");
    expect(core.loadBackend('mine')).toBe('of the folder');
    const [node] = process.argv;
    folder = join(root, 'program');
    install('mine', "export const createDevice = () => 'of the program';");
    vi.spyOn(process, 'argv', 'get').mockReturnValue([node, join(folder, 'main.js')]);
    expect(core.loadBackend('mine')).toBe('of the program');
    vi.spyOn(process, 'argv', 'get').mockReturnValue([node, 'relative']);
    expect(core.loadBackend('mine')).toBe('of the folder');
  });

  it('says what to install where there is none', () => {
    expect(() => core.loadBackend('nothing')).toThrow(core.AddonLoadError);
    expect(() => core.loadBackend('nothing')).toThrow(
      '[device] expected the package @tno/nothing, found none\nhint: npm install @tno/nothing',
    );
  });

  it('says what failed where one does not load', () => {
    install('broken', "throw new Error('no such library');");
    expect(() => core.loadBackend('broken')).toThrow(core.AddonLoadError);
    expect(() => core.loadBackend('broken')).toThrow(
      '[device] expected @tno/broken to load, got: no such library',
    );
    install('other', 'export const somethingElse = 1;');
    expect(() => core.loadBackend('other')).toThrow(/expected @tno\/other to export createDevice/);
  });
});

describe('the device of the process', () => {
  const loader = (): ReturnType<typeof vi.fn> => vi.fn(() => core.createReferenceDevice());

  it('is that of the flag, opened once, and fixed from then on', () => {
    const open = loader();
    core.setDeviceLoader(open as never);
    const device = core.currentDevice();
    expect(core.currentDevice()).toBe(device);
    expect(open.mock.calls).toEqual([['cpu']]);
    for (const [flag, value] of [
      ['device', 'reference'],
      ['cacheDir', '/x'],
      ['compiler', 'gcc'],
      ['providers', 'plain'],
      ['kernels', 'compiled'],
    ]) {
      expect(() => core.configure({ [flag]: value })).toThrow(
        /to stay .*, since the first function\(\) or shared\(\) fixed it/,
      );
    }
    core.configure({ device: 'cpu', floatX: 'float64' });
  });

  it('is fixed by function() and by shared()', () => {
    const open = loader();
    core.setDeviceLoader(open as never);
    const w = core.shared([1, 2]);
    expect(open).toHaveBeenCalledTimes(1);
    expect(core.function([], w.sum())()).toBe(3);
    expect(open).toHaveBeenCalledTimes(1);
  });

  it('needs no loader for reference and null', () => {
    const open = loader();
    core.setDeviceLoader(open as never);
    core.config.device = 'null';
    expect(core.currentDevice().name).toBe('null:reference');
    const x = core.fvector('x');
    expect(() => core.function([x], x.add(1))([1])).toThrow(core.DeviceError);
    expect(open).not.toHaveBeenCalled();
  });

  it('is the reference device, with one warning, where the other is not to be had', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    core.setDeviceLoader(() => {
      throw new core.CompileError('[cpu] expected a C compiler');
    });
    expect(core.currentDevice().name).toBe('reference');
    core.shared(1);
    core.function([], core.shared(1));
    expect(warn.mock.calls).toEqual([
      [
        "tno: device 'cpu' is not to be had, the slow reference device is used instead: [cpu] expected a C compiler",
      ],
    ]);
  });

  it('is not replaced where the flag forceDevice says so', () => {
    core.setDeviceLoader(() => {
      throw new core.CompileError('[cpu] expected a C compiler');
    });
    core.config.forceDevice = true;
    expect(() => core.currentDevice()).toThrow(core.CompileError);
    core.config.forceDevice = false;
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    expect(core.currentDevice().name).toBe('reference');
  });

  it('is not replaced where a setting is wrong or the backend has a defect', () => {
    core.setDeviceLoader(() => {
      throw new core.ConfigError('[config] expected auto or plain, got mkl');
    });
    expect(() => core.currentDevice()).toThrow(core.ConfigError);
    core.setDeviceLoader(() => {
      throw new TypeError('a defect');
    });
    expect(() => core.currentDevice()).toThrow(TypeError);
    expect(() => core.configure({ device: 'reference' })).not.toThrow();
    expect(core.currentDevice().name).toBe('reference');
  });

  it('is installed with the settings of the environment', () => {
    vi.stubEnv('TNO_FLAGS', 'device=reference,verify=true');
    vi.stubEnv('HOME', home);
    vi.spyOn(process, 'cwd').mockReturnValue(folder);
    core.installHost();
    vi.unstubAllEnvs();
    expect([core.config.device, core.config.verify]).toEqual(['reference', true]);
    expect(core.currentDevice().name).toBe('reference');
  });
});
