export { type AssetFile, assetFiles } from './assets.ts';
export type { Attachment } from './attach-files.ts';
export {
  createPdfPrinter,
  type PdfPrinter,
  type PrinterLogger,
  type PrinterOptions,
  type PrinterStats,
  type PrintOptions,
} from './printer.ts';
