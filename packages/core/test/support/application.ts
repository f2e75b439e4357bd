/**
 * An application as a user has it: a folder with built packages under node_modules, outside the
 * repository, and programs that run there in processes of their own.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../../../..', import.meta.url));

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class Application {
  readonly folder = mkdtempSync(join(tmpdir(), 'tno-application-'));

  constructor() {
    const modules = join(this.folder, 'node_modules');
    mkdirSync(join(modules, '@tno'), { recursive: true });
    symlinkSync(join(repository, 'node_modules/fflate'), join(modules, 'fflate'));
    this.write('package.json', '{ "private": true, "type": "module" }');
  }

  /** Where a package of ours is, as installed. */
  package(name: string): string {
    return join(this.folder, 'node_modules/@tno', name);
  }

  /** Builds a package into the application, with its declarations if asked. */
  install(name: 'core' | 'cpu' | 'cli', options: { types?: boolean } = {}): void {
    const source = join(repository, 'packages', name);
    const cli = join(repository, 'node_modules/tsup/dist/cli-default.js');
    const built = spawnSync(
      process.execPath,
      [cli, '--silent', '--out-dir', join(this.package(name), 'dist')],
      {
        cwd: source,
        encoding: 'utf8',
        env: { ...process.env, TNO_BUILD_TYPES: options.types === true ? '1' : '0' },
      },
    );
    if (built.status !== 0) throw new Error(`tsup failed: ${built.stdout}${built.stderr}`);
    cpSync(join(source, 'package.json'), join(this.package(name), 'package.json'));
  }

  write(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }

  /** Runs a program of the application, whose folder is also its home; of the environment it has PATH and `env`. */
  run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Outcome {
    const { PATH } = process.env;
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: this.folder,
      encoding: 'utf8',
      env: { PATH, HOME: this.folder, ...env },
      timeout: 150_000,
    });
    return { status, stdout, stderr };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
