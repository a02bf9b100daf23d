import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readAudit } from './audit.ts';

const finding = (name: string, severity: string) => ({
  name,
  severity,
  range: '<2.0.0',
  isDirect: false,
  via: [],
});
const report = (...findings: ReturnType<typeof finding>[]) =>
  JSON.stringify({
    auditReportVersion: 2,
    vulnerabilities: Object.fromEntries(findings.map(entry => [entry.name, entry])),
    metadata: {},
  });

describe('the dependency audit', () => {
  test('is clean without findings, and with ones that are not high', () => {
    assert.equal(readAudit(report()).outcome, 'clean');
    assert.equal(readAudit(report(finding('a', 'moderate'), finding('b', 'low'))).outcome, 'clean');
  });

  for (const severity of ['high', 'critical']) {
    test(`fails by one that is ${severity}, and tells the worst first`, () => {
      const outcome = readAudit(report(finding('a', 'low'), finding('b', severity)));
      assert.deepEqual(outcome, { outcome: 'found', lines: [`${severity}: b <2.0.0`, 'low: a <2.0.0'] });
    });
  }

  test('knows nothing when the registry does not answer', () => {
    const refused = JSON.stringify({ message: 'no', error: { summary: 'audit endpoint returned an error' } });
    assert.deepEqual(readAudit(refused), { outcome: 'unknown', why: 'audit endpoint returned an error' });
    assert.equal(readAudit('<html>').outcome, 'unknown');
    assert.equal(readAudit('').outcome, 'unknown');
  });
});
