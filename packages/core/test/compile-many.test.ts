import { createReferenceDevice } from '../src/device/reference-device.js';
import { manyCases } from './support/many-cases.js';

manyCases('the reference device', createReferenceDevice);
