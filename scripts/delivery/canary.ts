/** What an app answered within a time: from telemetry, with sampling made up for. */
export type Behaviour = {
  readonly requests: number;
  /** Answers of 500 and above. */
  readonly failed: number;
  /** Milliseconds within which 95 % were answered; undefined without requests. */
  readonly p95: number | undefined;
};

export type CanaryRules = {
  /** Fewer requests than these say nothing. */
  readonly leastRequests: number;
  /** Share of failed requests that is never borne. */
  readonly mostErrors: number;
  /** Share by which the canary may fail more often than what stands. */
  readonly moreErrors: number;
  /** Milliseconds within which it does not matter whether the canary is slower. */
  readonly fastEnough: number;
  /** How many times slower than what stands it may be above that. */
  readonly slower: number;
};

/** `targets.md`: 5xx above 1 % rings, p95 of 150 ms is promised. */
export const canaryRules: CanaryRules = {
  leastRequests: 200,
  mostErrors: 0.01,
  moreErrors: 0.003,
  fastEnough: 150,
  slower: 1.25,
};

/** This much is plain before the time is over: so many failures, and so large a share. */
const PLAINLY_BROKEN = { failed: 10, share: 0.05 } as const;

export type Verdict = {
  readonly decision: 'promote' | 'roll-back' | 'wait';
  /** Why, for people; the first reason is the decisive one. */
  readonly reasons: readonly string[];
};

/**
 * What becomes of a canary after `elapsed` of `duration` seconds. Before the end only a plain breakdown decides. At the end it
 * must have had enough requests, few failures and a p95 near that of what stands: silence is no success.
 */
export function decideCanary(
  canary: Behaviour,
  standing: Behaviour,
  time: { readonly elapsed: number; readonly duration: number },
  rules: CanaryRules = canaryRules,
): Verdict {
  const share = shareOf(canary);
  const broken = canary.failed >= PLAINLY_BROKEN.failed && share > PLAINLY_BROKEN.share;
  if (broken) return { decision: 'roll-back', reasons: [`${percent(share)} of requests fail`] };
  if (time.elapsed < time.duration) return { decision: 'wait', reasons: [describe(canary)] };
  const reasons = [
    ...tooQuiet(canary, rules),
    ...tooManyErrors(canary, standing, rules),
    ...tooSlow(canary, standing, rules),
  ];
  if (reasons.length > 0) return { decision: 'roll-back', reasons };
  return { decision: 'promote', reasons: [describe(canary)] };
}

function tooQuiet({ requests }: Behaviour, { leastRequests }: CanaryRules): readonly string[] {
  return requests < leastRequests
    ? [`only ${requests} requests came, too few to judge by (${leastRequests} are needed)`]
    : [];
}

function tooManyErrors(canary: Behaviour, standing: Behaviour, rules: CanaryRules): readonly string[] {
  const share = shareOf(canary);
  const limit = Math.min(rules.mostErrors, shareOf(standing) + rules.moreErrors);
  return share > limit ? [`${percent(share)} of requests fail, more than ${percent(limit)}`] : [];
}

function tooSlow(canary: Behaviour, standing: Behaviour, rules: CanaryRules): readonly string[] {
  const limit = Math.max(rules.fastEnough, (standing.p95 ?? 0) * rules.slower);
  const { p95 } = canary;
  return p95 !== undefined && p95 > limit
    ? [`p95 is ${p95.toFixed(0)} ms, more than ${limit.toFixed(0)} ms`]
    : [];
}

function shareOf({ requests, failed }: Behaviour): number {
  return requests === 0 ? 0 : failed / requests;
}

function describe(behaviour: Behaviour): string {
  const { requests, p95 } = behaviour;
  const slowest = p95 === undefined ? '' : `, p95 ${p95.toFixed(0)} ms`;
  return `${requests} requests, ${percent(shareOf(behaviour))} failed${slowest}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}
