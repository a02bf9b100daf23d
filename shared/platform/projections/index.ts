export { openProjector, type Projector } from './projector.ts';
export { recordCounts } from './record-counts.ts';
