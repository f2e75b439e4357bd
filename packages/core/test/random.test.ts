import { createReferenceDevice } from '../src/index.js';
import { testRandom } from './support/random-cases.js';

testRandom(createReferenceDevice());
