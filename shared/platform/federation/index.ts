export { federationFault, type IssuerClient, type Issuers, type Journey, openIssuers } from './issuers.ts';
