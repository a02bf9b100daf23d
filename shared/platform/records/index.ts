export {
  type AboutPage,
  asPersonal,
  personsAbout,
  type RecordPlace,
  saysItIsPerson,
  valuesAbout,
  WITHHELD,
  withheldFromOthers,
  wordsAbout,
} from './about.ts';
export { archivedBefore, archiveOld, asChange } from './archive.ts';
export { blindIndexOf } from './blind-index.ts';
export { belongingClause, sees } from './branches.ts';
export { isIntact, sealChange, touchOf } from './change.ts';
export { type AsFound, entryAsFound } from './change-as-found.ts';
export type { CommitRequest, Committed } from './commit-request.ts';
export { type Counters, cosmosCounters } from './counter.ts';
export { cursorKeyOf, openCursor, sealCursor } from './cursor.ts';
export { openDatabase } from './database.ts';
export type {
  ChangeDocument,
  ChangeEvent,
  JobCall,
  RecordDocument,
  StoredReply,
  Touch,
} from './documents.ts';
export { entryFeed } from './entry-feed.ts';
export { hasErased, isSameButErased } from './erased.ts';
export { recordFault } from './faults.ts';
export { type FeedPage, type FeedPlace, type FeedReader, feedReader } from './feed.ts';
export { followFeed } from './follow-feed.ts';
export type { HistoryEntry } from './history.ts';
export { isKept, RepeatedRequest } from './kept-replies.ts';
export type { Lease, LeasePlace } from './lease.ts';
export type { Condition, ListPage, ListQuery } from './list-query.ts';
export { type Cost, metered } from './meter.ts';
export { type Anew, isStale, onFresh } from './on-fresh.ts';
export { isErasedMark, type PersonalField, personalFields } from './personal-plan.ts';
export { lastSaid, type PastState, statesAt, tellsInPast, versionsBack } from './rebuild.ts';
export {
  defineRecord,
  type Home,
  type Indexed,
  newRecordId,
  type RecordKind,
  type Retention,
  type Sortable,
  scopeOfId,
} from './record-kind.ts';
export { type RecordsDoor, recordsDoor, type TenantRecords } from './records-door.ts';
export { rolledBack } from './roll-back.ts';
export { branchOf, type Found, type Saved } from './saved.ts';
export type { Scope, Together } from './scope.ts';
export { type KeptReply, keptReplies } from './sealed-reply.ts';
export { type Opener, openerOf } from './sealing.ts';
export type { Searchable } from './search-tokens.ts';
export { firstLetter, sortRange, timeKey } from './sort-key.ts';
export { defineState, type State, type StateKind, type StateWrite } from './state.ts';
export { cosmosStore, type PartitionKey, type Store, type Stored } from './store.ts';
export type { Use } from './uses.ts';
export { type ChainReport, verifyChain, verifyRecord } from './verify-chain.ts';
export { openVersionClaims } from './version-claims.ts';
