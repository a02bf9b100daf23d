export { en } from './wordings-en.ts';
export { fa } from './wordings-fa.ts';
