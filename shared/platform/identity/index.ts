export { hashPassword, passwordFault, verifyPassword } from './password.ts';
export { type AccessClaims, type Identity, openIdentity, type TokenOutcome } from './tokens.ts';
export { emailClaim, User, type UserData, userKind } from './user.ts';
