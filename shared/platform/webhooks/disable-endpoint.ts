import { AppError } from '../../kernel/index.ts';
import type { Saved, TenantRecords } from '../records/index.ts';
import { type WebhookEndpointData, webhookEndpointKind } from './endpoint-record.ts';

const MOST_TRIES = 5;

/**
 * Switches an endpoint off because its receiver wants no more, and tells so by the event
 * `platform.webhook_endpoint.disabled`. An endpoint that leads elsewhere by now stays as it is.
 */
export async function disableEndpoint(
  records: TenantRecords,
  refused: Saved<WebhookEndpointData>,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const record = tries === 1 ? refused : await records.get(webhookEndpointKind, refused.id);
    const { url, status } = record.data;
    if (status !== 'active' || url !== refused.data.url) return;
    try {
      await records.scopeOf(webhookEndpointKind, record.id).commit({
        action: 'platform.webhook_endpoint.disabled',
        update: [{ record, data: { ...record.data, status: 'disabled' } }],
        reason: 'The receiver answered 410 Gone.',
      });
      return;
    } catch (error) {
      const stale = error instanceof AppError && error.code === 'platform.version_stale';
      if (!stale || tries >= MOST_TRIES) throw error;
    }
  }
}
