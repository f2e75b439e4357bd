import { createReferenceDevice } from '../src/index.js';
import { asyncCases } from './support/async-cases.js';
import { copyCases } from './support/copy-cases.js';
import { functionCases } from './support/function-cases.js';
import { intoCases } from './support/into-cases.js';

functionCases('the reference device', createReferenceDevice);
intoCases('the reference device', createReferenceDevice);
asyncCases('the reference device', createReferenceDevice);
copyCases('the reference device', createReferenceDevice);
