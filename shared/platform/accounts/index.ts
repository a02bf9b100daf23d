export { endSessions, openSessions } from './end-sessions.ts';
export { accountFault } from './faults.ts';
export { type LoggedIn, logIn } from './log-in.ts';
export { reauthenticate } from './reauthenticate.ts';
export { refreshSession } from './refresh-session.ts';
export type { Device, SessionTokens } from './session-tokens.ts';
export { setFirstPassword } from './set-password.ts';
