export { type Artifact, type Artifacts, openArtifacts } from './artifacts.ts';
