import { createReferenceDevice } from '../src/index.js';
import { seamCases } from './support/seam-cases.js';

seamCases('the reference device', createReferenceDevice);
