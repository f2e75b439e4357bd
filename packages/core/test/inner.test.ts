import { createReferenceDevice } from '../src/index.js';
import { rowCases } from './support/inner-cases.js';

rowCases('the reference device', createReferenceDevice);
