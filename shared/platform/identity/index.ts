export { emailClaim, User, userKind, type UserData } from './user.ts';
export { hashPassword, verifyPassword } from './password.ts';
export { type AccessClaims, type Identity, openIdentity, type TokenOutcome } from './tokens.ts';
