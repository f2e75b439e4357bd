/** The entry for Node: everything of index.ts, settings from files and environment, backends, files. */
import { installHost } from './node/host.js';

installHost();

export * from './index.js';
export { saveNpy, loadNpy, saveNpz, loadNpz } from './node/files.js';
