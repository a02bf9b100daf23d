import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { certificateHtml } from '../../shared/modules/calibration/documents/index.ts';
import { micrometerCertificate } from '../../shared/modules/calibration/documents/micrometer.fixture.ts';
import { createPdfPrinter } from '../../shared/platform/documents/index.ts';

/** Bundled as the render app is, and run where there is nothing: prints a certificate to the file that is named. */
async function printSample(target: string): Promise<void> {
  const started = performance.now();
  const printer = createPdfPrinter({ assetsFolder: join(import.meta.dirname, 'assets') });
  const pdf = await printer.print(certificateHtml(micrometerCertificate()), { tagged: true });
  const milliseconds = Math.round(performance.now() - started);
  writeFileSync(target, pdf);
  await printer.close();
  process.stdout.write(
    `printed ${pdf.byteLength} bytes in ${milliseconds} ms, unpacking and launch included\n`,
  );
}

void printSample(process.argv[2] ?? 'sample.pdf');
