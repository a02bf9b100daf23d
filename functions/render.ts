import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { app } from '@azure/functions';
import { createPdfPrinter } from '../shared/platform/documents/index.ts';
import { runJob } from '../shared/platform/jobs/index.ts';
import { JobMessage } from '../shared/platform/messaging/index.ts';
import { compose } from './compose.ts';
import { jobEnded } from './endings.ts';
import { log } from './log.ts';
import { messageTools } from './message-tools.ts';
import { onQueue } from './queue-trigger.ts';
import { readSettings } from './settings.ts';

const settings = readSettings('render', process.env);
const composition = compose(settings, import.meta.dirname);
const tools = messageTools(composition);

const printer = createPdfPrinter({
  assetsFolder: join(import.meta.dirname, 'assets'),
  tempFolder: tmpdir(),
  pages: 2,
  singleProcess: settings.CHROMIUM_SINGLE_PROCESS,
  tagged: settings.PDF_TAGGED,
  logger: { warn: (message, fields) => log('warn', message, fields) },
});

const jobTools = {
  platform: composition.platform,
  definitions: composition.app.jobs.filter(job => job.queue === 'render'),
  worker: composition.worker,
  messenger: composition.messenger,
  print: printer.print,
  ended: jobEnded,
};

onQueue(tools, 'render', JobMessage, (message, attempt) => runJob(jobTools, message, attempt));

app.hook.appTerminate(() => printer.close());
