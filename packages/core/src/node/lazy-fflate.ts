/** fflate, loaded when an archive is read or written: it makes tables first, for as long as all of core takes. */
import { createRequire } from 'node:module';
import type * as Fflate from 'fflate/browser';

const require = createRequire(import.meta.url);
const fflate = (): typeof Fflate => require('fflate/browser') as typeof Fflate;

export const unzipSync: typeof Fflate.unzipSync = (...args) => fflate().unzipSync(...args);
export const zipSync: typeof Fflate.zipSync = (...args) => fflate().zipSync(...args);
