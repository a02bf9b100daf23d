import type { News } from '../caches/index.ts';

const TOPIC = 'directory:';

/** Tells every instance that a tenant's directory has changed. What is lost is found out by the next read. */
export function tellOfDirectory(news: News, tenant: string): void {
  news.tell(`${TOPIC}${tenant}`).catch(() => undefined);
}

/** Hears of directories that have changed, whoever changed them. */
export function onDirectoryNews(news: News, listener: (tenant: string) => void): void {
  news.on(topic => {
    if (topic.startsWith(TOPIC)) listener(topic.slice(TOPIC.length));
  });
}
