import { createReferenceDevice } from '../src/index.js';
import { functionCases } from './support/function-cases.js';
import { intoCases } from './support/into-cases.js';

functionCases('the reference device', createReferenceDevice);
intoCases('the reference device', createReferenceDevice);
