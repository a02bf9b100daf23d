export { networkOf } from './address.ts';
export { type LimitClass, type LimitName, limitClasses, limitNames } from './classes.ts';
export { rateLimitFields } from './fields.ts';
export { type Limiter, openLimiter, type Standing, type Use } from './limiter.ts';
