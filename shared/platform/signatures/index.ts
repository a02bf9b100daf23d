export { Meaning, Signature, type SignatureData, sign, signatureKind, signedAction } from './signature.ts';
export { type Standing, standingsOf } from './standing.ts';
