export { answerChallenge } from './challenge.ts';
export { askForEmail, confirmEmail } from './change-email.ts';
export { changeUser } from './change-user.ts';
export { emailLetterJobs } from './email-letters.ts';
export { endAllSessions, endSessions, openSessions, revocationWrite } from './end-sessions.ts';
export { accountFault } from './faults.ts';
export { beginFederation, finishFederation, providerSecretId } from './federate.ts';
export { endImpersonation, impersonate, operatorIn } from './impersonate.ts';
export { letterJobs, letterTo } from './letters.ts';
export { logIn } from './log-in.ts';
export { assertMayChange, assertMayGive, whenRolesMoved } from './may-change.ts';
export { authenticateClient, clientCredentials, scopeOf } from './oauth-client.ts';
export { exchangeCode, makeCode } from './oauth-code.ts';
export { oauthFault } from './oauth-faults.ts';
export { endClient, machineToken, revokeToken } from './oauth-token.ts';
export { askForReset, changePassword, setPasswordByToken } from './passwords.ts';
export { credentialOfSigner, reauthenticate } from './reauthenticate.ts';
export { refreshSession } from './refresh-session.ts';
export { commitOnePerson } from './room-for-people.ts';
export {
  beginEnrolment,
  confirmEnrolment,
  removeSecondFactor,
  renewRecoveryCodes,
  secondFactorOf,
} from './second-factor.ts';
export type { Device, LoggedIn, SessionTokens } from './session-tokens.ts';
export { setFirstAuthenticator } from './set-first-authenticator.ts';
export { setFirstPassword } from './set-first-password.ts';
export { stepUp } from './step-up.ts';
export { tellOfDirectories } from './tell-of-directories.ts';
