export { type AnchorStore, openAnchorStore } from './anchors.ts';
export { type Artifact, type Artifacts, openArtifacts } from './artifacts.ts';
export { storageFault } from './faults.ts';
