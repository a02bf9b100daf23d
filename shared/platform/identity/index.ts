export {
  blankCredential,
  CREDENTIAL_ID,
  type Credential,
  credentialKind,
} from './credential.ts';
export { type DirectoryView, type DirectoryWatch, openDirectoryWatch } from './directory-watch.ts';
export { type IdentityKeys, openIdentityKeys } from './identity-keys.ts';
export { afterFailure, lockedSeconds, noFailures } from './lock-out.ts';
export { hashPassword, isOutdated, passwordFault, verifyPassword } from './password.ts';
export { makeRefreshToken, readRefreshToken } from './refresh-token.ts';
export { isRevoked, REVOCATION_SECONDS, type Revocation, revocationKind } from './revocation.ts';
export {
  decideRefresh,
  REFRESH_SECONDS,
  rotated,
  SESSION_SECONDS,
  type Session,
  sessionKind,
} from './session.ts';
export { defaultPolicy, policyId, SignInPolicy, signInPolicyKind } from './sign-in-policy.ts';
export {
  type AccessClaims,
  type Identity,
  type KnownClaims,
  openIdentity,
  type TokenOutcome,
} from './tokens.ts';
export { emailClaim, phantomUser, User, type UserData, userKind } from './user.ts';
