import * as z from 'zod';
import { type PermissionTable, roles } from '../../kernel/index.ts';
import { assertMayChange, endAllSessions, endSessions, openSessions } from '../accounts/index.ts';
import { defineEndpoint, ok, sessionCookies } from '../http/index.ts';
import { type Session, userKind } from '../identity/index.ts';
import { recordFault, type State } from '../records/index.ts';
import { itemParams } from './lists.ts';

export const sessionPermissions: PermissionTable = {
  'platform.self:session': roles,
};

const SessionView = z.strictObject({
  id: z.string(),
  current: z.boolean(),
  createdAt: z.string(),
  lastUsedAt: z.string(),
  expiresAt: z.string(),
  methods: z.array(z.string()),
  agent: z.string().nullable(),
  address: z.string().nullable(),
});
const Sessions = z.strictObject({ items: z.array(SessionView) });

function sessionView({ id, data }: State<Session>, current: string | undefined): z.infer<typeof SessionView> {
  const { createdAt, lastUsedAt, expiresAt, methods, agent, address } = data;
  return { id, current: id === current, createdAt, lastUsedAt, expiresAt, methods, agent, address };
}

const nothing = { status: 204, headers: {}, body: undefined } as const;
const access = { permission: 'platform.self:session' };

const logOut = defineEndpoint({
  id: 'platform.auth.logout',
  method: 'POST',
  path: '/auth/logout',
  access,
  whileSuspended: true,
  summary: 'Ends this session. Its access tokens are refused everywhere within a minute.',
  replies: { 204: { description: 'Logged out.' } },
  handle: async ({ caller }, platform) => {
    if (caller.via !== undefined)
      await endSessions(platform, caller, caller.user, [caller.via.id], 'sessions_ended');
    return { ...nothing, cookies: sessionCookies(undefined) };
  },
});

const logOutEverywhere = defineEndpoint({
  id: 'platform.auth.logout_everywhere',
  method: 'POST',
  path: '/auth/logout-everywhere',
  access,
  whileSuspended: true,
  summary: 'Ends every session of whoever asks, this one included.',
  replies: { 204: { description: 'Logged out everywhere.' } },
  handle: async ({ caller }, platform) => {
    await endAllSessions(platform, caller, caller.user);
    return { ...nothing, cookies: sessionCookies(undefined) };
  },
});

const listOwn = defineEndpoint({
  id: 'platform.session.list',
  method: 'GET',
  path: '/me/sessions',
  access,
  summary: 'Where you are logged in.',
  replies: { 200: { description: 'The open sessions.', schema: Sessions } },
  handle: async ({ caller }, platform) => {
    const sessions = await openSessions(platform, caller, caller.user);
    return ok({ items: sessions.map(session => sessionView(session, caller.via?.id)) });
  },
});

const endOwn = defineEndpoint({
  id: 'platform.session.end',
  method: 'DELETE',
  path: '/me/sessions/:id',
  access,
  whileSuspended: true,
  summary: 'Ends one of your sessions.',
  params: itemParams,
  replies: { 204: { description: 'Ended.' } },
  handle: async ({ caller, params }, platform) => {
    const sessions = await openSessions(platform, caller, caller.user);
    if (!sessions.some(({ id }) => id === params.id))
      throw recordFault('platform.not_found', { id: params.id });
    await endSessions(platform, caller, caller.user, [params.id], 'sessions_ended');
    return nothing;
  },
});

const listOfUser = defineEndpoint({
  id: 'platform.user.sessions',
  method: 'GET',
  path: '/users/:id/sessions',
  access: { permission: 'platform.user:write' },
  summary: 'Where a person is logged in.',
  params: itemParams,
  replies: { 200: { description: 'The open sessions.', schema: Sessions } },
  faults: ['platform.role_privileged', 'platform.branches_beyond'],
  handle: async ({ caller, params }, platform) => {
    const user = await platform.records.for(caller).get(userKind, params.id);
    await assertMayChange(platform, caller, user, {});
    const sessions = await openSessions(platform, caller, user.id);
    return ok({ items: sessions.map(session => sessionView(session, caller.via?.id)) });
  },
});

const endOfUser = defineEndpoint({
  id: 'platform.user.end_sessions',
  method: 'DELETE',
  path: '/users/:id/sessions',
  access: { permission: 'platform.user:write' },
  summary: 'Logs a person out everywhere.',
  params: itemParams,
  replies: { 204: { description: 'Logged out.' } },
  faults: ['platform.role_privileged', 'platform.branches_beyond'],
  handle: async ({ caller, params }, platform) => {
    const user = await platform.records.for(caller).get(userKind, params.id);
    await assertMayChange(platform, caller, user, {});
    await endAllSessions(platform, caller, user.id);
    return nothing;
  },
});

export const sessionEndpoints = [logOut, logOutEverywhere, listOwn, endOwn, listOfUser, endOfUser];
