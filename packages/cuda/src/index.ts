/** @tno/cuda: the CUDA target. Its kernels are emitted and compiled; a device to run them on is not part of it yet. */
export { cudaDialect } from './dialect.js';
export { cudaTarget } from './target.js';
