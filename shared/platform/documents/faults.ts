import { defineFaults } from '../../kernel/index.ts';

/** The ways in which printing says no. */
export const documentFault = defineFaults({
  'documents.printer_busy': { status: 503, retry: 'later' },
  'documents.printer_closed': { status: 503, retry: 'later' },
  'documents.print_timeout': { status: 504, retry: 'later' },
  'documents.print_failed': { status: 500, retry: 'later' },
  'documents.browser_failed': { status: 503, retry: 'later' },
});
