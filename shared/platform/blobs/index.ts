export { type Artifact, type Artifacts, openArtifacts } from './artifacts.ts';
export { type ExportStore, openExports } from './exports.ts';
export { storageFault } from './faults.ts';
export { openWriteOnceStore, type WriteOnceStore } from './write-once.ts';
