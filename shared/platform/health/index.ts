export { type Check, type Health, isUp, openHealth } from './health.ts';
