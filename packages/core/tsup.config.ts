import { cachedLibrary } from '../../tsup.shared.js';

export default cachedLibrary(['src/index.ts', 'src/node.ts']);
