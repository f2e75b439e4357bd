import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const root = path('../../../..');

function compilerOptions(): ts.CompilerOptions {
  const file = path('../../tsconfig.json');
  const { config } = ts.readConfigFile(file, (name) => ts.sys.readFile(name)) as { config: object };
  return ts.parseJsonConfigFileContent(config, ts.sys, path('../..')).options;
}

const parsed = new Map<string, ts.SourceFile | undefined>();

/** A program of one file with this text, which need not exist. */
function programOf(file: string, text: string): ts.Program {
  const options = compilerOptions();
  const host = ts.createCompilerHost(options, true);
  const getSourceFile = host.getSourceFile.bind(host);
  const fileExists = host.fileExists.bind(host);
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, language, ...rest) => {
    if (name === file) return ts.createSourceFile(name, text, language, true);
    if (!parsed.has(name)) parsed.set(name, getSourceFile(name, language, ...rest));
    return parsed.get(name);
  };
  return ts.createProgram([file], options, host);
}

function errorsOf(text: string): string[] {
  const file = path('./in-memory.ts');
  const program = programOf(file, text);
  return program
    .getSemanticDiagnostics(program.getSourceFile(file))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

function languageService(file: string): ts.LanguageService {
  const options = compilerOptions();
  const text = (name: string): string | undefined => ts.sys.readFile(name);
  return ts.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => [file],
    getScriptVersion: () => '1',
    getScriptSnapshot: (name) => {
      const found = text(name);
      return found === undefined ? undefined : ts.ScriptSnapshot.fromString(found);
    },
    getCurrentDirectory: () => root,
    getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
    fileExists: (name) => ts.sys.fileExists(name),
    readFile: text,
    readDirectory: (...args) => ts.sys.readDirectory(...args),
    directoryExists: (name) => ts.sys.directoryExists(name),
    getDirectories: (name) => ts.sys.getDirectories(name),
  });
}

const fixture = path('./hover-fixture.ts');

describe('what an editor shows', () => {
  it('is short and says dtype and rank', async () => {
    const service = languageService(fixture);
    const text = ts.sys.readFile(fixture) ?? '';
    const shown: string[] = [];
    for (const [line, names] of text.matchAll(/^.*\/\/ <- (.*)$/gm)) {
      const start = text.indexOf(line);
      for (const name of names.split(' ')) {
        const at = start + line.search(new RegExp(`\\b${name}\\b`));
        const info = service.getQuickInfoAtPosition(fixture, at);
        shown.push(ts.displayPartsToString(info?.displayParts));
      }
    }
    expect(shown.length).toBeGreaterThanOrEqual(15);
    await expect(`${shown.join('\n')}\n`).toMatchFileSnapshot('./hover.txt');
  });
});

describe('the work of the type checker', () => {
  // How many types are made to check the fixture. Change it on purpose only: it is what editors wait for.
  const recorded = 2_750;

  it('is what it was, and bounded', () => {
    const program = programOf(fixture, ts.sys.readFile(fixture) ?? '');
    expect(program.getSemanticDiagnostics(program.getSourceFile(fixture))).toEqual([]);
    const count = (
      program as ts.Program & { getInstantiationCount(): number }
    ).getInstantiationCount();
    expect(count).toBeGreaterThan(recorded * 0.75);
    expect(count).toBeLessThan(recorded * 1.25);
    expect(count).toBeLessThan(5_000);
  });
});

describe('pinning floatX', () => {
  const use = `
    import * as tno from '../../src/index.js';
    const same = <T>() => <U extends T>(_: [T] extends [U] ? U : never): void => undefined;
    same<tno.TensorVariable<'float64', 2>>()(tno.matrix('x'));
    same<tno.TensorVariable<'float64', 1>>()(tno.ivector('i').div(2));
    same<tno.SharedVariable<'float64', 0>>()(tno.shared(1));
    tno.config.floatX = 'float64';
    tno.pinFloatX('float64');
  `;
  const pin = `
    declare module '../../src/index.js' { interface TnoConfig { floatX: 'float64' } }
  `;

  it('makes it one dtype', () => {
    expect(errorsOf(use + pin)).toEqual([]);
  });

  it('makes the others errors', () => {
    const errors = errorsOf(`${use}${pin}
      tno.config.floatX = 'float32';
      tno.pinFloatX('float32');
      tno.matrix('x').dtype satisfies 'float32';
    `);
    expect(errors).toHaveLength(3);
    for (const error of errors)
      expect(error).toMatch(/'?"float(32|64)"'? (is not assignable to|does not satisfy)/);
  });

  it('is not needed: without it floatX is any float', () => {
    expect(errorsOf(use).length).toBeGreaterThan(0);
    expect(
      errorsOf(
        `import { matrix } from '../../src/index.js'; matrix('x').dtype satisfies 'float16' | 'float32' | 'float64';`,
      ),
    ).toEqual([]);
  });
});
