import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/**
 * Makes a fontconfig set-up that knows the given font files and nothing else, so that a document looks the same on
 * every machine; a browser without fonts prints pages without text and says nothing. Returns the file for FONTCONFIG_FILE.
 */
export async function prepareFonts(fontFiles: readonly string[], folder: string): Promise<string> {
  const fonts = join(folder, 'fonts');
  const cache = join(folder, 'font-cache');
  await Promise.all([mkdir(fonts, { recursive: true }), mkdir(cache, { recursive: true })]);
  await Promise.all(fontFiles.map(file => symlink(file, join(fonts, basename(file)))));
  const config = join(folder, 'fonts.conf');
  await writeFile(config, fontConfiguration(fonts, cache));
  return config;
}

function fontConfiguration(fonts: string, cache: string): string {
  const generic = ['sans-serif', 'serif', 'monospace', 'system-ui']
    .map(
      name =>
        `<alias><family>${name}</family><prefer><family>Inter</family><family>Vazirmatn</family></prefer></alias>`,
    )
    .join('\n');
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
<dir>${escapeXml(fonts)}</dir>
<cachedir>${escapeXml(cache)}</cachedir>
${generic}
</fontconfig>
`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
