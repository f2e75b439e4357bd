/** All families, in the order of FEATURES.md. */
import type { Family } from '../row.js';
import { activations } from './activation.js';
import { arithmetic } from './arithmetic.js';
import { arrangement } from './arrangement.js';
import { comparisons } from './comparison.js';
import { creation } from './creation.js';
import { fouriers } from './fourier.js';
import { images } from './images.js';
import { indexing } from './indexing.js';
import { linearAlgebra } from './linalg.js';
import { networks } from './networks.js';
import { ordering } from './ordering.js';
import { picking } from './picking.js';
import { pooling } from './pooling.js';
import { products } from './products.js';
import { randoms } from './random.js';
import { reductions } from './reduction.js';
import { shapes } from './shape.js';
import { tensorProducts } from './tensor-products.js';
import { solvers } from './solvers.js';
import { specials } from './special.js';
import { transcendental } from './transcendental.js';

export const families: readonly Family[] = [
  arithmetic,
  transcendental,
  activations,
  specials,
  comparisons,
  reductions,
  ordering,
  creation,
  shapes,
  arrangement,
  indexing,
  picking,
  products,
  tensorProducts,
  linearAlgebra,
  solvers,
  fouriers,
  images,
  pooling,
  networks,
  randoms,
];
