export { baseStyles } from './base-styles.ts';
export { renderHtml } from './render-html.ts';
