import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'puppeteer-core';
import { findChromium, findFonts } from './assets.ts';
import { documentFault } from './faults.ts';
import { prepareFonts } from './fonts.ts';
import { chooseLibraryPath } from './libraries.ts';
import { openPrintPage, type PrintPage } from './print-page.ts';
import { probeHtml, verifyProbe } from './probe.ts';
import { unpackChromium } from './unpack-chromium.ts';

export type ChromiumOptions = {
  /** The folder that ships with the bundle; where it lacks a file, node_modules above it is looked through. */
  readonly assetsFolder: string;
  readonly tempFolder?: string;
  /** A browser of the machine's own, instead of the shipped one. */
  readonly executablePath?: string;
  /** Everything in one process: for hosts that forbid child processes or have little memory. */
  readonly singleProcess?: boolean;
  /** `shipped` uses the libraries that ship with the browser even where the system has its own. */
  readonly libraries?: 'system' | 'shipped';
};

/** One running browser process. */
export type Chromium = {
  readonly processId: number | undefined;
  isAlive(): boolean;
  openPage(): Promise<PrintPage>;
  close(): Promise<void>;
};

/**
 * Unpacks what is needed, then starts a browser that knows the shipped fonts only and reaches no network. Throws
 * `documents.browser_failed` when it does not start or does not print letters.
 */
export async function launchChromium(options: ChromiumOptions): Promise<Chromium> {
  const tempFolder = options.tempFolder ?? tmpdir();
  const folder = join(tempFolder, `touchstone-browser-${process.pid}-${randomUUID()}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    const [program, fontConfig, puppeteer] = await Promise.all([
      findProgram(options, tempFolder),
      findFonts(options.assetsFolder).then(fonts => prepareFonts(fonts, folder)),
      import('puppeteer-core'),
    ]);
    const browser = await puppeteer.launch({
      executablePath: program.executable,
      pipe: true,
      ignoreDefaultArgs: true,
      args: browserFlags(join(folder, 'profile'), options.singleProcess ?? false),
      env: browserEnvironment(folder, fontConfig, program.libraryPath),
      timeout: 30_000,
      protocolTimeout: 120_000,
      defaultViewport: null,
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
    const chromium = asChromium(browser, folder);
    await prove(chromium);
    return chromium;
  } catch (cause) {
    await rm(folder, { recursive: true, force: true });
    throw documentFault('documents.browser_failed', {}, cause);
  }
}

// A browser without fonts makes pages without text and says nothing, so each one has to prove itself first.
async function prove(chromium: Chromium): Promise<void> {
  try {
    const page = await chromium.openPage();
    verifyProbe(await page.print(probeHtml, false));
    await page.close();
  } catch (error) {
    await chromium.close();
    throw error;
  }
}

async function findProgram(
  options: ChromiumOptions,
  tempFolder: string,
): Promise<{ executable: string; libraryPath: string | undefined }> {
  if (options.executablePath !== undefined)
    return { executable: options.executablePath, libraryPath: undefined };
  const unpacked = await unpackChromium(await findChromium(options.assetsFolder), tempFolder);
  const libraryPath = await chooseLibraryPath(unpacked.executable, unpacked.libraries, options.libraries);
  return { executable: unpacked.executable, libraryPath };
}

function asChromium(browser: Browser, folder: string): Chromium {
  const child = browser.process();
  return {
    processId: child?.pid,
    isAlive: () => browser.connected,
    openPage: () => openPrintPage(browser),
    close: async () => {
      await Promise.race([browser.close(), new Promise(resolve => setTimeout(resolve, 5_000).unref())]).catch(
        () => {},
      );
      child?.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

// Measured: graphics and background services cost half of the throughput; the zygote gains nothing. The sandbox
// needs user namespaces that a function host does not grant; scripts and network are off instead.
function browserFlags(profile: string, singleProcess: boolean): string[] {
  return [
    '--headless',
    '--no-sandbox',
    '--no-zygote',
    ...(singleProcess ? ['--single-process'] : []),
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--font-render-hinting=none',
    '--host-resolver-rules=MAP * ~NOTFOUND',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-default-apps',
    '--disable-extensions',
    '--disable-sync',
    '--disable-breakpad',
    '--disable-features=Translate,OptimizationHints,MediaRouter,AudioServiceOutOfProcess',
    '--disable-background-timer-throttling',
    '--disable-backgrounding-occluded-windows',
    '--disable-renderer-backgrounding',
    '--metrics-recording-only',
    '--mute-audio',
    '--no-first-run',
    '--no-default-browser-check',
    '--password-store=basic',
    '--use-mock-keychain',
    '--lang=en-US',
    `--user-data-dir=${profile}`,
    'about:blank',
  ];
}

// The browser gets none of the app's own environment: it holds secrets.
function browserEnvironment(
  folder: string,
  fontConfig: string,
  libraryPath: string | undefined,
): Record<string, string> {
  return {
    HOME: folder,
    TMPDIR: folder,
    XDG_CACHE_HOME: folder,
    XDG_CONFIG_HOME: folder,
    FONTCONFIG_FILE: fontConfig,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    ...(libraryPath === undefined ? {} : { LD_LIBRARY_PATH: libraryPath }),
  };
}
