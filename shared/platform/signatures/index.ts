export { isUnder, type SignatureAsFound, signaturesAsFound } from './as-found.ts';
export { Meaning, Signature, type SignatureData, sign, signatureKind, signedAction } from './signature.ts';
