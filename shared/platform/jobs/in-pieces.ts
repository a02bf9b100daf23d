import type { ZodType } from 'zod';
import type { JobContext, JobPause } from './definition.ts';

/** How far work is after a piece of it, and whether that was all. */
export type Piece<T> = { readonly at: T; readonly done: boolean };

/** What work in pieces needs of a job's context. */
export type Places = Pick<JobContext, 'checkpoint' | 'keep' | 'isTimeUp'> & {
  readonly platform: Pick<JobContext['platform'], 'now'>;
};

/**
 * Does long work piece by piece. After each the place is kept, so that a kill or a redelivery goes on behind the last piece that ended,
 * and when a message's time is up the job pauses for the next one. A place of another shape, kept before a deployment, begins
 * anew. A piece may be done twice and must not mind. Gives where the work ended, or the pause.
 */
export async function inPieces<T>(
  { checkpoint, keep, isTimeUp, platform }: Places,
  schema: ZodType<T>,
  first: T,
  piece: (at: T) => Promise<Piece<T>>,
): Promise<Piece<T> | JobPause> {
  const kept = schema.safeParse(checkpoint());
  let at = kept.success ? kept.data : first;
  for (;;) {
    const next = await piece(at);
    if (next.done) return next;
    at = next.at;
    await keep(at);
    if (isTimeUp()) return { resumeAt: platform.now(), step: 'going on' };
  }
}
