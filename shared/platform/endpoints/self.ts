import * as z from 'zod';
import { type PermissionTable, roles } from '../../kernel/index.ts';
import { defineEndpoint, ok } from '../http/index.ts';
import { User, type UserData, userKind } from '../identity/index.ts';
import { recordFault, type Saved } from '../records/index.ts';

export const selfPermissions: PermissionTable = {
  'platform.self:read': roles,
  'platform.self:change': roles,
};

const { locale, theme, timeZone } = User.shape;
const Settings = {
  locale: locale.unwrap().nullable(),
  theme: theme.unwrap().nullable(),
  timeZone: timeZone.unwrap().nullable(),
};
const Self = z.strictObject({
  id: z.string(),
  name: z.string(),
  permissions: z.array(z.string()),
  ...Settings,
});

function settingsOf(data: Partial<UserData> = {}) {
  return { locale: data.locale ?? null, theme: data.theme ?? null, timeZone: data.timeZone ?? null };
}

const readSelf = defineEndpoint({
  id: 'platform.user.me',
  method: 'GET',
  path: '/me',
  access: { permission: 'platform.self:read' },
  summary: 'Who is logged in, what they may do, and how they want to be served.',
  replies: { 200: { description: 'You.', schema: Self } },
  handle: async ({ caller }, platform) => {
    // Machines have no record among the people.
    const user = await platform.records.for(caller).find(userKind, caller.user);
    const { user: id, name, permissions } = caller;
    return ok({ id, name, permissions: [...permissions].sort(), ...settingsOf(user?.data) }, user);
  },
});

const changeSelf = defineEndpoint({
  id: 'platform.user.change_self',
  method: 'PATCH',
  path: '/me',
  access: { permission: 'platform.self:change' },
  summary:
    'Your language, theme and time zone; null takes the tenant’s. A language counts from the next token, where a request names none.',
  body: z.strictObject(Settings).partial(),
  ifMatch: true,
  example: { body: { locale: 'fa', theme: 'dark', timeZone: 'Asia/Tehran' } },
  replies: { 200: { description: 'Changed.', schema: z.strictObject(Settings) } },
  handle: async ({ caller, body, ifMatch }, platform) => {
    const user = await platform.records.for(caller).get(userKind, caller.user);
    if (user.version !== ifMatch) throw recordFault('platform.version_stale', { version: user.version });
    const wanted = Object.entries({ ...user.data, ...body }).filter(([, value]) => value !== null);
    const { saved } = await platform.records
      .for(caller)
      .scope('directory')
      .commit({
        action: 'platform.user.settings_changed',
        update: [{ record: user, data: { ...Object.fromEntries(wanted), branches: user.data.branches } }],
      });
    const after = saved.get(user.id) as Saved<UserData>; // the commit above changed it
    return ok(settingsOf(after.data), after);
  },
});

/** What everybody sees and decides of themselves. */
export const selfEndpoints = [readSelf, changeSelf];
