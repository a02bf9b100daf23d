export { historyEndpoints } from './history.ts';
export { Id, itemParams, listQuery, pageOf, pageReply } from './lists.ts';
export { type PlatformModuleOptions, platformModule } from './platform-module.ts';
export type { ProblemEntry } from './reference-page.ts';
