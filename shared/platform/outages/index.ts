export { isOutage } from './is-outage.ts';
