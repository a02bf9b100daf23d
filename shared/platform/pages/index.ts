export { type Page, type PageField, pageReply } from './page.ts';
export { refusalPage } from './refusal-page.ts';
export { pageText } from './texts.ts';
