import { parentPort, workerData } from 'node:worker_threads';
import { SqlStore } from './database.ts';
import { CosmosFault } from './errors.ts';
import type { Job } from './read-jobs.ts';
import { runJob } from './read-jobs.ts';

// Given by threads.ts: the file of the database.
const sql = new SqlStore(String(workerData), 64);

parentPort?.on('message', (job: Job) => {
  parentPort?.postMessage({ began: true });
  try {
    parentPort?.postMessage({ result: runJob(sql, job) });
  } catch (error) {
    const fault =
      error instanceof CosmosFault
        ? {
            status: error.status,
            subStatus: error.subStatus,
            message: error.message,
            extra: error.extra,
            headers: error.headers,
          }
        : undefined;
    parentPort?.postMessage({ fault, failure: String(error instanceof Error ? error.stack : error) });
  }
});
