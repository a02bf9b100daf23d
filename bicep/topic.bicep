metadata description = 'One topic with its subscriptions. A subscription without a filter takes every message.'

@description('Required. The namespace that it stands in.')
param namespaceName string
@description('Required. The topic as shared/topology.json describes it.')
param topic object

resource namespace 'Microsoft.ServiceBus/namespaces@2026-01-01' existing = {
  name: namespaceName
}

resource declared 'Microsoft.ServiceBus/namespaces/topics@2026-01-01' = {
  parent: namespace
  name: topic.name
  properties: {
    requiresDuplicateDetection: topic.?duplicateDetectionSeconds != null
    duplicateDetectionHistoryTimeWindow: topic.?duplicateDetectionSeconds == null
      ? null
      : 'PT${topic.duplicateDetectionSeconds}S'
    defaultMessageTimeToLive: topic.?defaultTtlSeconds == null ? null : 'PT${topic.defaultTtlSeconds}S'
  }
}

resource subscriptions 'Microsoft.ServiceBus/namespaces/topics/subscriptions@2026-01-01' = [
  for subscription in topic.subscriptions: {
    parent: declared
    name: subscription.name
    properties: {
      maxDeliveryCount: subscription.maxDeliveryCount
      lockDuration: 'PT${subscription.lockSeconds}S'
      requiresSession: subscription.requiresSession
      defaultMessageTimeToLive: subscription.?defaultTtlSeconds == null ? null : 'PT${subscription.defaultTtlSeconds}S'
      deadLetteringOnMessageExpiration: subscription.?deadLetterOnExpiry ?? false
      // A rule that cannot be judged must not lose the message without a trace.
      deadLetteringOnFilterEvaluationExceptions: true
      forwardTo: subscription.?forwardTo
      forwardDeadLetteredMessagesTo: subscription.?forwardDeadLettersTo
    }
  }
]

// `$Default` is the rule that Azure makes by itself; said here, it cannot differ from the file.
resource rules 'Microsoft.ServiceBus/namespaces/topics/subscriptions/rules@2026-01-01' = [
  for (subscription, index) in topic.subscriptions: {
    parent: subscriptions[index]
    name: '$Default'
    properties: subscription.filter == null
      ? { filterType: 'SqlFilter', sqlFilter: { sqlExpression: '1=1' } }
      : contains(string(subscription.filter), '{')
          ? {
              filterType: 'CorrelationFilter'
              correlationFilter: {
                correlationId: subscription.filter.?correlationId
                messageId: subscription.filter.?messageId
                to: subscription.filter.?to
                replyTo: subscription.filter.?replyTo
                label: subscription.filter.?subject
                sessionId: subscription.filter.?sessionId
                replyToSessionId: subscription.filter.?replyToSessionId
                contentType: subscription.filter.?contentType
                properties: subscription.filter.?applicationProperties
              }
            }
          : { filterType: 'SqlFilter', sqlFilter: { sqlExpression: subscription.filter } }
  }
]
