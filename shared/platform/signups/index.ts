export { askForSignup } from './ask-for-signup.ts';
export { confirmSignup } from './confirm-signup.ts';
export { signupFault } from './faults.ts';
export { SignupWish } from './signup.ts';
export { signupLetterJob } from './signup-letter.ts';
export { closedPolicy, SignupPolicy, signupPolicyId, signupPolicyKind } from './signup-policy.ts';
