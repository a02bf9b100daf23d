import type { News } from '../caches/index.ts';

const TOPIC = 'directory:';

/** Tells every instance that a tenant's directory has changed. */
export function tellOfDirectory(news: News, tenant: string): Promise<void> {
  return news.tell(`${TOPIC}${tenant}`);
}

/** Hears of directories that have changed, whoever changed them. */
export function onDirectoryNews(news: News, listener: (tenant: string) => void): void {
  news.on(topic => {
    if (topic.startsWith(TOPIC)) listener(topic.slice(TOPIC.length));
  });
}
