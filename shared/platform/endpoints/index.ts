export { activityEndpoints } from './activity.ts';
export { defineList, type ListDefinition } from './define-list.ts';
export { historyEndpoints } from './history.ts';
export { anyOf, between, equal, equalOrBlinded, exactly } from './list-filters.ts';
export { Id, itemParams } from './lists.ts';
export { type PlatformModuleOptions, platformModule } from './platform-module.ts';
export type { ProblemEntry } from './problems.ts';
export { signatureEndpoints, signingProof } from './signatures.ts';
