import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ENVIRONMENTS, type Json, ofType, propertiesOf } from './deployed.ts';

/**
 * What Flex Consumption takes of a site's configuration, and we send: the azurerm provider sends each of these for such an
 * app. Other names are refused by ARM 51021, in some regions only, among them FtpsState, Use32BitWorkerProcess,
 * PreWarmedInstanceCount, NetFrameworkVersion, FunctionsRuntimeScaleMonitoringEnabled (Azure/azure-cli#31414),
 * FunctionAppScaleLimit (Azure/azure-functions-host#10643) and LinuxFxVersion (Azure/terraform-azurerm-avm-res-web-site#283).
 */
const TAKEN = [
  'appSettings',
  'http20Enabled',
  'ipSecurityRestrictions',
  'ipSecurityRestrictionsDefaultAction',
  'minTlsVersion',
  'scmIpSecurityRestrictions',
  'scmIpSecurityRestrictionsDefaultAction',
  'scmMinTlsVersion',
];

/** Settings of other plans (https://learn.microsoft.com/azure/azure-functions/functions-app-settings#flex-consumption-plan-deprecations). */
const DEPRECATED =
  /^(ENABLE_ORYX_BUILD|FUNCTIONS_(EXTENSION_VERSION|WORKER_RUNTIME(_VERSION)?|MAX_HTTP_CONCURRENCY|WORKER_PROCESS_COUNT|WORKER_DYNAMIC_CONCURRENCY_ENABLED)|SCM_DO_BUILD_DURING_DEPLOYMENT|WEBSITE_(CONTENTAZUREFILECONNECTIONSTRING|CONTENTOVERVNET|CONTENTSHARE|DNS_SERVER|MAX_DYNAMIC_APPLICATION_SCALE_OUT|NODE_DEFAULT_VERSION|RUN_FROM_PACKAGE|SKIP_CONTENTSHARE_VALIDATION|VNET_ROUTE_ALL)|AzureWebJobsStorage)$/;

for (const environment of ENVIRONMENTS) {
  const sites = ofType(environment, 'Microsoft.Web/sites');

  test(`the apps of ${environment} are told nothing that Flex Consumption refuses`, () => {
    assert.ok(sites.length >= 3);
    for (const site of sites) {
      const { siteConfig, ...others } = propertiesOf(site);
      assert.deepEqual(Object.keys(siteConfig).sort(), TAKEN, site.fullName);
      for (const name of [
        'containerSize',
        'isXenon',
        'hyperV',
        'vnetRouteAllEnabled',
        'vnetImagePullEnabled',
      ])
        assert.ok(!(name in others), `${site.fullName}: ${name}`);
      for (const { name } of siteConfig.appSettings as readonly Json[]) assert.doesNotMatch(name, DEPRECATED);
    }
  });

  test(`FTP and passwords are off in ${environment} by the policies of each app`, () => {
    const policies = ofType(environment, 'Microsoft.Web/sites/basicPublishingCredentialsPolicies');
    for (const { fullName } of sites)
      for (const kind of ['ftp', 'scm']) {
        const own = policies.find(one => one.fullName === `${fullName}/${kind}`);
        assert.equal(propertiesOf(own ?? assert.fail(`${fullName}/${kind}`)).allow, false);
      }
  });
}
