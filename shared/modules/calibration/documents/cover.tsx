import type { ComponentChildren } from 'preact';
import type { CertificateContent, Signature } from './certificate-content.ts';
import { imageUrl } from './image-url.ts';
import { QrCode } from './qr-code.tsx';
import type { CertificateTexts } from './texts.ts';
import { VerdictText } from './verdict.tsx';

type Props = { readonly content: CertificateContent; readonly texts: CertificateTexts };

/** The first page: who, what, when, the outcome, and who answers for it. */
export function Cover({ content, texts }: Props) {
  return (
    <div class="cover">
      <Letterhead content={content} texts={texts} />
      <Heading content={content} texts={texts} />
      <Facts content={content} texts={texts} />
      <Conformity content={content} texts={texts} />
      <div class="sign">
        <div class="signatures">
          {content.signatures.map(signature => (
            <SignatureBlock signature={signature} texts={texts} />
          ))}
        </div>
        <p class="legal">
          {texts.relatesOnly} {texts.reproduction}{' '}
          {texts.verifyAt(pageOf(content.verification.url), content.verification.code)}
        </p>
      </div>
    </div>
  );
}

function Letterhead({ content: { laboratory }, texts }: Props) {
  const { accreditation } = laboratory;
  const reach = [
    laboratory.phone && (
      <>
        {texts.labels.phone} <bdi dir="ltr">{laboratory.phone}</bdi>
      </>
    ),
    laboratory.email,
    laboratory.website,
  ].filter(Boolean);
  return (
    <header class="letterhead">
      <div class="laboratory">
        {laboratory.logo !== undefined && <img src={imageUrl(laboratory.logo)} alt={laboratory.name} />}
        <div>
          <strong>{laboratory.name}</strong>
          <address>
            {laboratory.address.join(', ')}
            <br />
            {reach.map(way => (
              <span>{way}</span>
            ))}
          </address>
        </div>
      </div>
      {accreditation !== undefined && (
        <div class="accreditation">
          <strong>{accreditation.number}</strong>
          {texts.accredited}
          <br />
          {accreditation.standard}
          <br />
          {accreditation.body}
        </div>
      )}
    </header>
  );
}

function Heading({ content, texts }: Props) {
  const { supersedes, verification } = content;
  return (
    <div class="heading">
      <div>
        <h1>{content.title ?? texts.title}</h1>
        <p class="number">
          <small>{texts.certificateNumber}</small>
          <b>{content.number}</b>
          <span>
            <small>{texts.revision}</small>
            <b>{content.revision}</b>
          </span>
        </p>
        {supersedes !== undefined && (
          <p class="supersedes">
            {texts.supersedes(supersedes.number, supersedes.revision)} {supersedes.reason}
          </p>
        )}
      </div>
      <div class="verify">
        <QrCode text={verification.url} label={`${texts.verify}: ${verification.url}`} />
        <span>{texts.verify}</span>
        <b>{verification.code}</b>
      </div>
    </div>
  );
}

function Facts({ content, texts: { labels } }: Props) {
  const { customer, item, order, dates, method } = content;
  return (
    <div class="facts">
      <section>
        <h2>{labels.item}</h2>
        <dl>
          <Fact label={labels.description}>{item.description}</Fact>
          <Fact label={labels.maker}>{item.maker}</Fact>
          <Fact label={labels.model}>{item.model}</Fact>
          <Fact label={labels.serial}>{item.serial}</Fact>
          <Fact label={labels.assetNumber}>{item.assetNumber}</Fact>
          <Fact label={labels.range}>{item.range}</Fact>
          <Fact label={labels.resolution}>{item.resolution}</Fact>
          <Fact label={labels.condition}>{item.condition}</Fact>
        </dl>
      </section>
      <div>
        <section>
          <h2>{labels.customer}</h2>
          <dl>
            <Fact label={labels.name}>
              {customer.name}
              {customer.address.length > 0 && <small>{customer.address.join(', ')}</small>}
            </Fact>
            <Fact label={labels.contact}>{customer.contact}</Fact>
            <Fact label={labels.customerReference}>{order.customerReference}</Fact>
          </dl>
        </section>
        <section>
          <h2>{labels.calibration}</h2>
          <dl>
            <Fact label={labels.order}>{order.number}</Fact>
            <Fact label={labels.received}>{dates.received}</Fact>
            <Fact label={labels.calibrated}>{dates.calibrated}</Fact>
            <Fact label={labels.issued}>{dates.issued}</Fact>
            <Fact label={labels.place}>{content.place}</Fact>
            <Fact label={labels.method}>
              {method.id}, {labels.version} {method.version}
            </Fact>
          </dl>
        </section>
      </div>
    </div>
  );
}

function Fact({ label, children }: { label: string; children: ComponentChildren }) {
  if (children === undefined) return null;
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Conformity({ content: { conformity }, texts }: Props) {
  return (
    <section class="conformity">
      <h2>{texts.sections.conformity}</h2>
      <p>
        <span class="outcome">
          <VerdictText verdict={conformity.verdict} texts={texts} />
        </span>
        {conformity.specification !== undefined && (
          <span class="soft">{`  ${conformity.specification}`}</span>
        )}
      </p>
      <p>{conformity.statement}</p>
    </section>
  );
}

function SignatureBlock({ signature, texts }: { signature: Signature; texts: CertificateTexts }) {
  return (
    <div class="signature">
      <p class="role">{texts.roles[signature.role]}</p>
      <p class="name">{signature.name}</p>
      <p>{signature.position}</p>
      <p>{signature.meaning}</p>
      <p>{signature.signedAt}</p>
      {signature.digest !== undefined && (
        <p class="digest">
          {texts.signature} {signature.digest}
        </p>
      )}
    </div>
  );
}

/** Where number and code can be typed: the address of the certificate's own page without its number. */
function pageOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname.slice(0, pathname.lastIndexOf('/'))}`;
}
