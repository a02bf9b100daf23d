export { ApiKey, type ApiKeyData, apiKeyKind, apiKeyText, looksLikeApiKey } from './api-key.ts';
export {
  blankCredential,
  CREDENTIAL_ID,
  type Credential,
  credentialKind,
  noFailures,
} from './credential.ts';
export { tellOfDirectory } from './directory-news.ts';
export { type DirectoryView, type DirectoryWatch, openDirectoryWatch } from './directory-watch.ts';
export {
  askedChange,
  EMAIL_CHANGE_SECONDS,
  type EmailChange,
  emailChangeId,
  emailChangeKind,
  isSameAddress,
} from './email-change.ts';
export { type IdentityKeys, openIdentityKeys } from './identity-keys.ts';
export {
  decideFederation,
  type FederatedPerson,
  federatedClaim,
  IdentityProvider,
  type IdentityProviderData,
  identityProviderKind,
  providerSecretKind,
} from './identity-provider.ts';
export {
  Impersonation,
  type ImpersonationData,
  impersonationKind,
  MOST_IMPERSONATION_MINUTES,
} from './impersonation.ts';
export { afterFailure, lockedSeconds } from './lock-out.ts';
export {
  isSecret,
  machineSecretKind,
  machineUseKind,
  secretStateId,
  secretWrite,
  useStateId,
} from './machine-secret.ts';
export { type Machine, type Machines, openMachines } from './machines.ts';
export {
  type AuthorizationCode,
  authorizationCodeKind,
  CODE_SECONDS,
  isRedirectUri,
  leadsBack,
  OAuthClient,
  type OAuthClientData,
  oauthClientKind,
} from './oauth-client.ts';
export { hashPassword, isOutdated, passwordFault, verifyPassword } from './password.ts';
export { commonPasswords, type PasswordFor, passwordProblem } from './password-rules.ts';
export { CHALLENGE, fitsChallenge } from './pkce.ts';
export { makeRecoveryCodes, withoutCode } from './recovery-codes.ts';
export { makeRefreshToken, readRefreshToken, sha256 } from './refresh-token.ts';
export { isRevoked, REVOCATION_SECONDS, type Revocation, revocationKind } from './revocation.ts';
export {
  awaiting,
  isAwaited,
  type PasswordTokenPurpose,
  readSentToken,
  sentToken,
  sentTokens,
} from './sent-token.ts';
export {
  decideRefresh,
  REFRESH_SECONDS,
  rotated,
  SESSION_SECONDS,
  type Session,
  sessionKind,
} from './session.ts';
export { defaultPolicy, lacksFactor, policyId, SignInPolicy, signInPolicyKind } from './sign-in-policy.ts';
export {
  type AccessClaims,
  type Identity,
  type KnownClaims,
  openIdentity,
  type TokenOutcome,
} from './tokens.ts';
export { acceptedStep, isSpent, otpauthUri, TOTP_SECRET_BYTES } from './totp.ts';
export { openTotpSecret, sealTotpSecret } from './totp-secret.ts';
export { emailClaim, phantomUser, User, type UserData, userKind } from './user.ts';
