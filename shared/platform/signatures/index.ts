export { Meaning, Signature, type SignatureData, sign, signatureKind } from './signature.ts';
export { type Standing, standingsOf } from './standing.ts';
