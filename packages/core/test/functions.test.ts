import { createReferenceDevice } from '../src/index.js';
import { intoCases } from './support/into-cases.js';

intoCases('the reference device', createReferenceDevice);
