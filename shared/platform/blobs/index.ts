export { type Artifact, type Artifacts, openArtifacts } from './artifacts.ts';
export { storageFault } from './faults.ts';
