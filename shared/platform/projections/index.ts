export { openProjector, type Projector, RebuildPlace, rebuildFirst } from './projector.ts';
export { recordCounts } from './record-counts.ts';
export { storedBytes } from './stored-bytes.ts';
