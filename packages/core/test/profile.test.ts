import { createReferenceDevice } from '../src/index.js';
import { profileCases } from './support/profile-cases.js';

profileCases('the reference device', createReferenceDevice);
