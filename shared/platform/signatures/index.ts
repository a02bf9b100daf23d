export { Meaning, Signature, type SignatureData, sign, signatureKind, whyBroken } from './signature.ts';
