/**
 * Limits of the Standard tier and of each setting, in milliseconds, megabytes and characters
 * (https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas).
 */
export const limits = {
  lock: [5000, 300_000],
  window: [20_000, 604_800_000],
  autoDelete: [300_000, Number.POSITIVE_INFINITY],
  ttl: [1000, Number.POSITIVE_INFINITY],
  deliveries: [1, 2000],
  sizes: [1024, 2048, 3072, 4096, 5120],
  messageKilobytes: 256,
  metadata: 1024,
} as const;
