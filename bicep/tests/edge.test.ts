import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Json, ofType, productionWith, propertiesOf } from './deployed.ts';

const FIREWALL = 'Microsoft.Network/FrontDoorWebApplicationFirewallPolicies';
const DOMAIN = 'Microsoft.Cdn/profiles/customDomains';

for (const environment of ['stage', 'prod'] as const) {
  const [policy] = ofType(environment, FIREWALL);
  const firewall = propertiesOf(policy ?? assert.fail());

  test(`the firewall of ${environment} reads bodies and blocks by the newest rules of Azure`, () => {
    assert.deepEqual(
      [firewall.policySettings.enabledState, firewall.policySettings.mode],
      ['Enabled', 'Prevention'],
    );
    assert.equal(firewall.policySettings.requestBodyCheck, 'Enabled');
    // https://learn.microsoft.com/azure/web-application-firewall/ruleset-support-policy
    assert.deepEqual(
      firewall.managedRules.managedRuleSets.map((one: Json) => [
        one.ruleSetType,
        one.ruleSetVersion,
        one.ruleSetAction,
      ]),
      [
        ['Microsoft_DefaultRuleSet', '2.2', 'Block'],
        ['Microsoft_BotManagerRuleSet', '1.1', 'Block'],
      ],
    );
  });

  test(`the firewall of ${environment} blocks an address that asks too much, whatever it asks`, () => {
    const rate = firewall.customRules.rules.find(({ name }: Json) => name === 'rate');
    assert.deepEqual(
      [rate.enabledState, rate.ruleType, rate.action, rate.rateLimitDurationInMinutes],
      ['Enabled', 'RateLimitRule', 'Block', 1],
    );
    assert.ok(rate.rateLimitThreshold <= 3000);
    assert.deepEqual(rate.groupBy, [{ variableName: 'SocketAddr' }]);
    assert.deepEqual(
      rate.matchConditions.map((one: Json) => [one.matchVariable, one.operator]),
      [['RequestUri', 'Any']],
    );
  });

  test(`the firewall of ${environment} blocks what the Functions host says of itself, and nothing of ours`, () => {
    const host = firewall.customRules.rules.find(({ name }: Json) => name === 'host');
    assert.deepEqual([host.enabledState, host.action], ['Enabled', 'Block']);
    const [condition, ...others] = host.matchConditions;
    assert.deepEqual(
      [others.length, condition.operator, condition.negateCondition, condition.transforms],
      [0, 'RegEx', false, ['UrlDecode', 'Lowercase']],
    );
    const pattern = new RegExp(condition.matchValue[0]);
    const captured = new RegExp(`${pattern.source}|`).exec('')?.length;
    assert.equal(captured, 1, 'whose engine need not capture');
    for (const uri of ['/admin', '/admin/host/status', '//admin/functions', '/runtime/webhooks/x?code=1'])
      for (const full of [uri, `https://lab.example:443${uri}`]) assert.match(full, pattern);
    for (const uri of ['/', '/api/v1/users', '/administration', '/api/v1/admin', '/a?b=/admin/'])
      for (const full of [uri, `https://lab.example:443${uri}`]) assert.doesNotMatch(full, pattern);
  });

  test(`no two rules of the firewall of ${environment} have one priority, with countries either`, () => {
    const rules = (deployedRules: readonly Json[]): readonly number[] =>
      deployedRules.map(({ priority }) => priority);
    const [closer] = productionWith({
      edge: {
        profiles: [['*.a.example']],
        wildcardCertificate: 'wildcard',
        rateLimitPerMinute: 10,
        countries: ['DE'],
      },
    })(FIREWALL);
    for (const list of [
      rules(firewall.customRules.rules),
      rules(propertiesOf(closer ?? assert.fail()).customRules.rules),
    ])
      assert.equal(new Set(list).size, list.length, list.join());
  });

  test(`Front Door of ${environment} talks to apps over TLS that it checks, and asks whether they are ready`, () => {
    for (const one of ofType(environment, 'Microsoft.Cdn/profiles/originGroups/origins')) {
      const { enforceCertificateNameCheck, enabledState, httpsPort, hostName, originHostHeader } =
        propertiesOf(one);
      assert.deepEqual([enforceCertificateNameCheck, enabledState, httpsPort], [true, 'Enabled', 443]);
      assert.equal(originHostHeader, hostName);
    }
    for (const one of ofType(environment, 'Microsoft.Cdn/profiles/originGroups')) {
      const { probePath, probeProtocol, probeRequestType, probeIntervalInSeconds } =
        propertiesOf(one).healthProbeSettings;
      assert.deepEqual(
        [probePath, probeProtocol, probeRequestType, probeIntervalInSeconds],
        ['/api/health/ready', 'Https', 'GET', 30],
      );
    }
    for (const one of ofType(environment, 'Microsoft.Cdn/profiles/afdEndpoints/routes')) {
      const { forwardingProtocol, httpsRedirect } = propertiesOf(one);
      assert.deepEqual([forwardingProtocol, httpsRedirect], ['HttpsOnly', 'Enabled']);
    }
  });
}

test('domains want TLS 1.2, those with a certificate of Azure, too, and no two have one name', () => {
  const edge = {
    profiles: [['*.touchstone.example', 'a-b.example', 'a.b-example', 'a.b.example', 'a-b-example']],
    wildcardCertificate: 'wildcard',
    rateLimitPerMinute: 3000,
    countries: [],
  };
  const told = productionWith({ edge });
  const domains = told(DOMAIN);
  assert.equal(domains.length, 5);
  for (const one of domains) assert.equal(propertiesOf(one).tlsSettings.minimumTlsVersion, 'TLS12');
  assert.equal(new Set(domains.map(({ fullName }) => fullName.toLowerCase())).size, domains.length);
  const [policy] = told('Microsoft.Cdn/profiles/securityPolicies');
  const guarded = propertiesOf(policy ?? assert.fail()).parameters.associations[0].domains;
  for (const { id } of domains)
    assert.ok(
      guarded.some((one: Json) => one.id === id),
      `${id} is guarded`,
    );
});
