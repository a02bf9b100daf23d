export { openCache } from './cache.ts';
export { type CacheFeed, openCacheFeed } from './cache-feed.ts';
export { type News, openNews } from './news.ts';
