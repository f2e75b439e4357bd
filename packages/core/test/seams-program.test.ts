import { createReferenceDevice } from '../src/device/reference-device.js';
import { walkCases } from './support/walk-cases.js';

walkCases('the reference device', createReferenceDevice);
