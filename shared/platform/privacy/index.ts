export { openPrivacy, type Privacy } from './privacy.ts';
