import * as z from 'zod';
import { created, defineEndpoint, ok } from '../../http/index.ts';
import type { Saved } from '../../records/index.ts';
import { Plan, planId, planKind } from '../../tenancy/index.ts';
import { changeRecord, patched } from '../current-record.ts';
import { defineList } from '../define-list.ts';
import { equal } from '../list-filters.ts';
import { itemParams } from '../lists.ts';

const PlanView = Plan.extend({ id: z.string(), version: z.int() });

function planView({ id, version, data }: Saved<z.infer<typeof Plan>>): z.infer<typeof PlanView> {
  return { id, version, ...data };
}

const example = {
  code: 'laboratory',
  name: 'Laboratory',
  price: { amount: '249.00', currency: 'EUR' },
  cycle: 'month' as const,
  trialDays: 30,
  limits: { users: 25 },
  quotas: { tenant: 20_000 },
  features: ['calibration' as const],
  active: true,
};

const createPlan = defineEndpoint({
  id: 'platform.plan.create',
  method: 'POST',
  path: '/plans',
  access: 'operator',
  summary: 'Adds a plan that tenants can be put on.',
  body: Plan,
  example: { body: example },
  replies: { 201: { description: 'Added.', schema: PlanView } },
  faults: ['platform.already_exists'],
  handle: async ({ caller, body }, platform) => {
    const id = planId(body.code);
    const location = `/api/v1/plans/${id}`;
    const { reply } = await platform.records
      .for(caller)
      .scope('plans')
      .commit({
        action: 'platform.plan.created',
        create: [{ kind: planKind, id, data: body }],
        reply: saved => {
          const plan = saved.get(id) as Saved<z.infer<typeof Plan>>; // this commit makes it
          return created(location, planView(plan), plan);
        },
      });
    return reply ?? created(location, undefined);
  },
});

const readPlan = defineEndpoint({
  id: 'platform.plan.read',
  method: 'GET',
  path: '/plans/:id',
  access: 'operator',
  summary: 'One plan.',
  params: itemParams,
  replies: { 200: { description: 'The plan.', schema: PlanView } },
  handle: async ({ caller, params }, platform) => {
    const plan = await platform.records.for(caller).get(planKind, params.id);
    return ok(planView(plan), plan);
  },
});

const changePlan = defineEndpoint({
  id: 'platform.plan.change',
  method: 'PATCH',
  path: '/plans/:id',
  access: 'operator',
  summary: 'Changes a plan for everybody who is on it, felt within a minute of the next change or sweep.',
  params: itemParams,
  body: Plan.omit({ code: true }).partial(),
  ifMatch: true,
  example: { body: { limits: { users: 40 } } },
  replies: { 200: { description: 'Changed.', schema: PlanView } },
  handle: async (request, platform) => {
    const { params, body } = request;
    const plan = await changeRecord(platform, request, planKind, params.id, ({ data }) => ({
      action: 'platform.plan.changed',
      data: patched(data, body),
    }));
    return ok(planView(plan), plan);
  },
});

const listPlans = defineList({
  id: 'platform.plan.list',
  path: '/plans',
  summary: 'The plans.',
  kind: planKind,
  access: 'operator',
  filters: { code: equal(z.string().min(1).max(40)) },
  view: PlanView,
  show: planView,
});

export const planEndpoints = [createPlan, readPlan, changePlan, listPlans];
