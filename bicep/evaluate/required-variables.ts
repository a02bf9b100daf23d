/** What whoever deploys must say, since no parameter file has a default for it; values for tests and checks. */
export const requiredVariables: Readonly<Record<string, string>> = {
  TOUCHSTONE_BASE_DOMAIN_STAGE: 'stage.touchstone.example',
  TOUCHSTONE_BASE_DOMAIN_PROD: 'touchstone.example',
  TOUCHSTONE_ALERTS_TO: 'alerts@touchstone.example',
};
