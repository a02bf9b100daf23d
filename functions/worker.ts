import { app } from '@azure/functions';
import { tellOfDirectories } from '../shared/platform/accounts/index.ts';
import { checkDueDomains, ROUND_SECONDS } from '../shared/platform/domains/index.ts';
import { runJob, sweepJobs } from '../shared/platform/jobs/index.ts';
import {
  DeliveryMessage,
  EventMessageSchema,
  JobMessage,
  relayOnce,
  TickMessage,
} from '../shared/platform/messaging/index.ts';
import { sweepTenants } from '../shared/platform/provisioning/index.ts';
import {
  archivedBefore,
  archiveOld,
  type ChangeDocument,
  feedReader,
  followFeed,
} from '../shared/platform/records/index.ts';
import { askForDisposals } from '../shared/platform/retention/index.ts';
import { isClosed } from '../shared/platform/tenancy/index.ts';
import { deliver, fanOut, releaseHeld } from '../shared/platform/webhooks/index.ts';
import { compose } from './compose.ts';
import { deliveryEnded, jobEnded } from './endings.ts';
import { secondsBehind } from './lateness.ts';
import { log } from './log.ts';
import { messageTools } from './message-tools.ts';
import { onQueue, onTopic } from './queue-trigger.ts';
import { readSettings } from './settings.ts';
import { openTicks } from './ticks.ts';

const settings = readSettings('worker', process.env);
const composition = compose(settings, import.meta.dirname);
const { platform, messenger, secrets, stores } = composition;
const tools = messageTools(composition);

const jobTools = {
  platform,
  definitions: composition.app.jobs.filter(job => job.queue !== 'render'),
  worker: composition.worker,
  messenger,
  ended: jobEnded,
  print: () => Promise.reject(new Error('this app has no browser; such jobs belong on queue render')),
};

onQueue(tools, 'jobs', JobMessage, (message, attempt) => runJob(jobTools, message, attempt));

const webhooks = { topic: 'events', subscription: 'webhooks' } as const;
onTopic(tools, 'webhook-fan-out', webhooks, EventMessageSchema, message =>
  fanOut({ records: platform.records, messenger, now: platform.now }, message),
);

const deliverTools = {
  records: platform.records,
  secrets,
  deliveries: platform.deliveries,
  messenger,
  rules: { allowLoopback: settings.OUTBOUND_ALLOW_LOOPBACK },
  now: platform.now,
  random: Math.random,
  ended: deliveryEnded,
  isServed: async (tenant: string) => !isClosed((await platform.tenants.byId(tenant))?.status ?? 'active'),
};

onQueue(tools, 'webhook-deliveries', DeliveryMessage, message => deliver(deliverTools, message));

const relayTools = {
  feed: feedReader(stores.records),
  leases: stores.leases,
  messenger,
  // `targets.md`: what was committed is told within a minute.
  read: (changes: readonly { readonly time: string }[]) => {
    const lagSeconds = secondsBehind(changes, platform.now());
    if (lagSeconds > 60) log('warn', 'the relay is behind', { lagSeconds });
  },
  told: (changes: readonly ChangeDocument[]) =>
    tellOfDirectories(composition.news, changes).catch((error: unknown) =>
      log('warn', 'caches hear of a change later', { error }),
    ),
};
const sweepTools = { store: stores.records, records: platform.records, messenger, now: platform.now };

const archiving = { store: stores.records, archive: stores.archive };

const projecting = {
  name: 'projections',
  feed: relayTools.feed,
  leases: stores.leases,
  take: platform.projector.take,
};

const ticks = openTicks(
  messenger,
  platform.now,
  [
    { name: 'relay', everySeconds: settings.RELAY_INTERVAL_SECONDS, work: () => relayOnce(relayTools) },
    { name: 'settle-reservations', everySeconds: 60, work: () => platform.settleReservations() },
    {
      name: 'archive',
      everySeconds: 3600,
      work: () => archiveOld(archiving, archivedBefore(platform.now())),
    },
    { name: 'project', everySeconds: 5, work: () => followFeed(projecting) },
    { name: 'anchor-changes', everySeconds: 600, work: () => platform.audit.anchorDue() },
    {
      name: 'sweep-tenants',
      everySeconds: 60,
      work: () => sweepTenants({ records: platform.records, now: platform.now }),
    },
    {
      name: 'check-domains',
      everySeconds: ROUND_SECONDS,
      work: () =>
        checkDueDomains({
          ...platform,
          store: stores.records,
          failed: (domain, error) => log('error', 'a domain could not be checked', { domain, error }),
        }),
    },
    { name: 'release-deliveries', everySeconds: 60, work: () => releaseHeld(deliverTools) },
    {
      name: 'dispose-of-old',
      everySeconds: 3600,
      work: () => askForDisposals({ ...platform, store: stores.records, kinds: composition.app.kinds }),
    },
    { name: 'sweep-jobs', everySeconds: 60, work: () => sweepJobs(sweepTools) },
  ],
  (tick, error) => log('error', 'a tick failed; the next one tries again', { tick, error }),
);

// Ticks renew themselves; timers have stopped for good after a deployment (Azure/azure-functions-host#11828).
onQueue(tools, 'ticks', TickMessage, message => ticks.take(message));

app.timer('tick-keeper', {
  schedule: '0 * * * * *',
  runOnStartup: true,
  handler: () => ticks.keep(),
});
