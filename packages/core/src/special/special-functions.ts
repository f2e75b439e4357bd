/** The table of all special functions, and their forms in the languages of the targets. */
import type { DrawFunction, SpecialFunction } from '../lower/scalar-op.js';
import { randomUnit } from '../routines/philox.js';
import { besselFunctions } from './bessel.js';
import { draws } from './draws.js';
import { errorFunctions } from './error-functions.js';
import { gammaFunctions } from './gamma.js';
import { incompleteGamma } from './incomplete-gamma.js';
import { calledNames, mathFunctions, replaceWords, type FunctionTexts } from './language.js';
import { hypergeometric } from './hypergeometric.js';
import { incompleteBeta } from './incomplete-beta.js';
import { logarithms } from './logarithms.js';
import { owensT } from './owens-t.js';

const texts = {
  ...logarithms,
  ...errorFunctions,
  ...gammaFunctions,
  ...incompleteGamma,
  ...incompleteBeta,
  ...owensT,
  ...besselFunctions,
  ...hypergeometric,
  ...draws,
} satisfies Record<SpecialFunction | DrawFunction, string>;

/** Scalar operations, and the parts they are made of. */
export const functionTexts: FunctionTexts = texts;

export const isSpecial = (name: string): boolean => Object.hasOwn(functionTexts, name);

/** A function in C under another name, and the functions it calls. */
export function specialInC(
  name: string,
  names: { readonly function: (name: string) => string; infinity: string; nan: string },
): { readonly text: string; readonly needs: readonly string[] } {
  const needs = calledNames(functionTexts[name]).filter(
    (called) => isSpecial(called) || called === 'random_unit',
  );
  const called = new Set([name, ...needs]);
  const text = replaceWords(functionTexts[name], (word) => {
    if (word === 'INFINITY') return names.infinity;
    if (word === 'NAN') return names.nan;
    return called.has(word) ? names.function(word) : null;
  });
  return { text, needs };
}

/** A function as the text of a JavaScript function. */
export function specialInJs(name: string): string {
  const [head, ...body] = functionTexts[name].split('{');
  const parameters = /\((.*)\)/.exec(head)?.[1].replaceAll('double ', '') ?? '';
  const text = replaceWords(body.join('{'), (word) => {
    if (word === 'double') return 'let';
    if (word === 'INFINITY') return 'Infinity';
    if (word === 'NAN') return 'NaN';
    return Object.hasOwn(mathFunctions, word) ? `Math.${mathFunctions[word]}` : null;
  });
  return `function ${name}(${parameters}) {${text}`;
}

type Implementations = Readonly<
  Record<SpecialFunction | DrawFunction, (...values: number[]) => number>
>;

let compiled: Implementations | null = null;

/** The functions themselves, made at the first use. */
export function specialImplementations(): Implementations {
  if (compiled === null) {
    const names = Object.keys(functionTexts);
    const text = `${names.map(specialInJs).join('\n')}\nreturn { ${names.join(', ')} };`;
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- as the reference device compiles kernels
    compiled = (new Function('random_unit', text) as (unit: typeof randomUnit) => Implementations)(
      randomUnit,
    );
  }
  return compiled;
}
