import * as z from 'zod';
import { Id } from '../../platform/endpoints/index.ts';
import { defineEndpoint, ok, wholeNumber } from '../../platform/http/index.ts';
import { recordFault } from '../../platform/records/index.ts';
import { BudgetView, curveView, pointView } from './budget-view.ts';
import { evaluable, evaluateItem, finalRun, fitErrors } from './evaluate-item.ts';
import { observationKind } from './observation.ts';
import { type SrfData, type SrfItem, srfKind } from './srf.ts';

export const srfItemParams = z.strictObject({ id: Id, itemId: z.string().min(1).max(10) });

/** The item of a request; `platform.not_found` when it has none of this id. */
export function itemOf(srf: SrfData, id: string): SrfItem {
  const item = srf.items.find(candidate => candidate.id === id);
  if (item === undefined) throw recordFault('platform.not_found', { id });
  return item;
}

export const readBudget = defineEndpoint({
  id: 'calibration.srf.budget',
  method: 'GET',
  path: '/srfs/:id/items/:itemId/budget',
  access: { permission: 'calibration.observation:read' },
  summary: 'The uncertainty budget of every observed point line by line, the verdicts, and the fitted curve.',
  params: srfItemParams,
  query: z.strictObject({ degree: wholeNumber(1, 5).default(1) }),
  replies: { 200: { description: 'The evaluation.', schema: BudgetView } },
  handle: async ({ caller, params, query }, platform) => {
    const scope = platform.records.for(caller).scopeOf(srfKind, params.id);
    const [srf, observations] = await Promise.all([
      scope.get(srfKind, params.id),
      scope.all(observationKind),
    ]);
    const item = itemOf(srf.data, params.itemId);
    const points = evaluateItem(
      srf.data,
      item,
      observations.map(observation => observation.data),
    );
    const run = finalRun(points);
    const fit = evaluable(() =>
      fitErrors(
        points.filter(point => point.run === run),
        query.degree,
      ),
    );
    return ok({
      srfId: srf.id,
      itemId: item.id,
      points: points.map(pointView),
      curve: fit === undefined ? null : curveView(fit, run),
    });
  },
});
