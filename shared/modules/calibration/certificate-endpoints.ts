import * as z from 'zod';
import { timestamp } from '../../kernel/index.ts';
import {
  anyOf,
  between,
  defineList,
  equal,
  historyEndpoints,
  itemParams,
} from '../../platform/endpoints/index.ts';
import { content, defineEndpoint, ok } from '../../platform/http/index.ts';
import { onFresh, type RecordKind, recordFault, type Saved } from '../../platform/records/index.ts';
import {
  type CertificateData,
  CertificateState,
  CertificateSummary,
  CertificateView,
  certificateKind,
} from './certificate.ts';
import { certificateSummary, certificateView } from './certificate-view.ts';
import { calibrationFault } from './faults.ts';
import { InstantText, LongText, RecordId } from './schema.ts';
import { srfKind } from './srf.ts';

const read = { permission: certificateKind.readPermission };

const listCertificates = defineList({
  id: 'calibration.certificate.list',
  path: '/certificates',
  summary: 'Certificates, newest first.',
  kind: certificateKind,
  filters: {
    number: equal(z.string().min(1).max(40)),
    srfId: anyOf(RecordId),
    customerId: anyOf(RecordId),
    state: anyOf(CertificateState),
    issuedAt: between(InstantText),
  },
  sorts: ['number', 'issuedAt'],
  view: CertificateSummary,
  show: certificateSummary,
});

const readCertificate = defineEndpoint({
  id: 'calibration.certificate.read',
  method: 'GET',
  path: '/certificates/:id',
  access: read,
  summary: 'One certificate with all of its content.',
  params: itemParams,
  replies: { 200: { description: 'The certificate.', schema: CertificateView } },
  handle: async ({ caller, params }, platform) => {
    const certificate = await platform.records.for(caller).get(certificateKind, params.id);
    return ok(certificateView(certificate), certificate);
  },
});

const downloadCertificate = defineEndpoint({
  id: 'calibration.certificate.pdf',
  method: 'GET',
  path: '/certificates/:id/pdf',
  access: read,
  summary: 'The certificate as PDF, as it was issued.',
  params: itemParams,
  replies: { 200: { description: 'The file.', mediaType: 'application/pdf' } },
  faults: ['calibration.certificate_not_issued'],
  handle: async ({ caller, params }, platform) => {
    const { data } = await platform.records.for(caller).get(certificateKind, params.id);
    if (data.artifact === null)
      throw calibrationFault('calibration.certificate_not_issued', { state: data.state });
    const bytes = await platform.artifacts.read(caller.tenant, data.artifact);
    const { mediaType, sha256 } = data.artifact;
    return content(mediaType, bytes, {
      'content-disposition': `attachment; filename="${data.number}.pdf"`,
      'repr-digest': `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`,
    });
  },
});

const revokeCertificate = defineEndpoint({
  id: 'calibration.certificate.revoke',
  method: 'POST',
  path: '/certificates/:id/revoke',
  access: { permission: 'calibration.certificate:revoke' },
  summary: 'Revokes an issued certificate; everybody who verifies it is told.',
  params: itemParams,
  body: z.strictObject({ reason: LongText }),
  ifMatch: true,
  example: { body: { reason: 'The reference standard was found to be damaged.' } },
  replies: { 200: { description: 'Revoked.', schema: CertificateView } },
  faults: ['calibration.certificate_not_issued'],
  handle: async ({ caller, params, body, ifMatch }, platform) => {
    const scope = platform.records.for(caller).scopeOf(certificateKind as RecordKind, params.id);
    const load = async () => {
      const record = await scope.get(certificateKind, params.id);
      if (record.version !== ifMatch)
        throw recordFault('platform.version_stale', { version: record.version });
      return record;
    };
    return onFresh(load, async record => {
      const { state, number, srfId, itemId } = record.data;
      if (state !== 'issued') throw calibrationFault('calibration.certificate_not_issued', { state });
      const revocation = { at: timestamp(platform.now()), reason: body.reason };
      const answer = (saved: ReadonlyMap<string, Saved<unknown>>) => {
        const after = saved.get(record.id) as Saved<CertificateData>;
        return ok(certificateView(after), after);
      };
      const { saved, reply } = await scope.commit({
        action: 'calibration.certificate.revoked',
        reason: body.reason,
        update: [{ record, data: { ...record.data, state: 'revoked', revocation } }],
        events: [
          {
            type: 'calibration.certificate.revoked',
            data: { certificateId: record.id, number, srfId, itemId },
          },
        ],
        reply: answer,
      });
      return reply ?? answer(saved);
    });
  },
});

const listOfSrf = defineEndpoint({
  id: 'calibration.srf.certificates',
  method: 'GET',
  path: '/srfs/:id/certificates',
  access: read,
  summary: 'All certificates of a request, with every revision.',
  params: itemParams,
  replies: {
    200: {
      description: 'The certificates.',
      schema: z.strictObject({ items: z.array(CertificateSummary) }),
    },
  },
  handle: async ({ caller, params }, platform) => {
    const scope = platform.records.for(caller).scopeOf(srfKind, params.id);
    const [, certificates] = await Promise.all([scope.get(srfKind, params.id), scope.all(certificateKind)]);
    return ok({ items: certificates.map(certificateSummary) });
  },
});

export const certificateRoutes = [
  listCertificates,
  readCertificate,
  downloadCertificate,
  revokeCertificate,
  listOfSrf,
  ...historyEndpoints(certificateKind as RecordKind, '/certificates', ['artifact']),
];
