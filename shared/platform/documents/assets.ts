import { access } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

/** A file that ships with the render app: where npm keeps it, and where the assets folder has it. */
export type AssetFile = { readonly source: string; readonly target: string };

const chromiumArchives = ['chromium.br', 'al2023.tar.br'].map(name => ({
  source: `@sparticuz/chromium/bin/${name}`,
  target: `chromium/${name}`,
}));

// These weights are what the templates use; a weight that is not shipped would be faked.
const fonts = [
  '@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf',
  '@expo-google-fonts/inter/400Regular_Italic/Inter_400Regular_Italic.ttf',
  '@expo-google-fonts/inter/500Medium/Inter_500Medium.ttf',
  '@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf',
  '@expo-google-fonts/inter/700Bold/Inter_700Bold.ttf',
  '@expo-google-fonts/ibm-plex-sans/400Regular/IBMPlexSans_400Regular.ttf',
  '@expo-google-fonts/ibm-plex-sans/600SemiBold/IBMPlexSans_600SemiBold.ttf',
  'vazirmatn/fonts/ttf/Vazirmatn-Regular.ttf',
  'vazirmatn/fonts/ttf/Vazirmatn-Medium.ttf',
  'vazirmatn/fonts/ttf/Vazirmatn-Bold.ttf',
].map(source => ({ source, target: `fonts/${basename(source)}` }));

/**
 * What a build copies into the assets folder: `source` is absolute, `target` is relative to that folder.
 * The project folder is the one that holds node_modules.
 */
export function assetFiles(projectFolder: string): readonly AssetFile[] {
  return [...chromiumArchives, ...fonts].map(({ source, target }) => ({
    source: resolve(projectFolder, 'node_modules', source),
    target,
  }));
}

/** Where the shipped fonts are at run time. */
export function findFonts(assetsFolder: string): Promise<readonly string[]> {
  return Promise.all(fonts.map(font => findAsset(assetsFolder, font)));
}

/** Where the archive of the browser is at run time: as zstd when the build transcoded it, else as npm has it. */
export async function findChromium(assetsFolder: string): Promise<{ browser: string; libraries: string }> {
  const [archive, libraryArchive] = chromiumArchives;
  if (archive === undefined || libraryArchive === undefined) throw new Error('no archives are declared');
  const transcoded = resolve(assetsFolder, 'chromium/chromium.zst');
  return {
    browser: (await exists(transcoded)) ? transcoded : await findAsset(assetsFolder, archive),
    libraries: await findAsset(assetsFolder, libraryArchive),
  };
}

async function findAsset(assetsFolder: string, asset: AssetFile): Promise<string> {
  const deployed = resolve(assetsFolder, asset.target);
  if (await exists(deployed)) return deployed;
  for (let folder = resolve(assetsFolder); ; folder = dirname(folder)) {
    const installed = join(folder, 'node_modules', asset.source);
    if (await exists(installed)) return installed;
    if (folder === dirname(folder)) break;
  }
  throw new Error(`asset ${asset.target} is neither in ${assetsFolder} nor in node_modules above it`);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
