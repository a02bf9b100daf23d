const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });
const tests = '\\.test\\.tsx?$';

/** Which room may import which; `shared/` reads from the inside out: kernel, platform, modules, app. */
module.exports = {
  forbidden: [
    rule('no-cycles', 'Two files in a cycle are one file.', {}, { circular: true }),
    rule(
      'nothing-imports-functions',
      'Triggers are the outermost ring.',
      { pathNot: '^(functions|scripts|tests|bench|bicep)/' },
      { path: '^functions/' },
    ),
    rule(
      'kernel-is-pure',
      'The kernel knows itself, zod, hashing and how languages are written.',
      { path: '^shared/kernel/', pathNot: tests },
      {
        pathNot: [
          '^shared/kernel/',
          'node_modules/(zod|intl-messageformat|(@types/)?negotiator)/',
          '^(node:)?crypto$',
        ],
      },
    ),
    rule(
      'platform-knows-no-module',
      'Modules stand on the platform.',
      { path: '^shared/platform/' },
      { path: ['^shared/modules/', '^shared/app\\.ts$'] },
    ),
    rule(
      'modules-know-no-app',
      'Modules meet in app.ts only.',
      { path: '^shared/modules/' },
      { path: '^(shared/app\\.ts|functions/)' },
    ),
    rule(
      'modules-never-meet',
      'Modules meet through events, data sets and ids.',
      { path: '^shared/modules/([^/]+)/' },
      { path: '^shared/modules/', pathNot: '^shared/modules/$1/' },
    ),
    rule(
      'folders-are-entered-by-their-index',
      'A folder of the platform shows its face in index.ts.',
      { path: '^shared/platform/([^/]+)/' },
      {
        path: '^shared/platform/[^/]+/.+',
        pathNot: ['^shared/platform/$1/', '^shared/platform/[^/]+/index\\.ts$'],
      },
    ),
    rule(
      'platform-is-entered-by-its-indexes',
      'Outside of the platform, too.',
      { path: '^(shared/modules/|shared/app\\.ts|functions/)' },
      { path: '^shared/platform/[^/]+/.+', pathNot: '^shared/platform/[^/]+/index\\.ts$' },
    ),
    rule(
      'kernel-is-entered-by-its-index',
      'And the kernel.',
      { pathNot: '^shared/kernel/' },
      {
        path: '^shared/kernel/.+',
        pathNot: ['^shared/kernel/index\\.ts$', '^shared/kernel/[^/]+/index\\.ts$'],
      },
    ),
    rule(
      'cosmos-in-records',
      '',
      { path: '^(shared|functions)/', pathNot: '^shared/platform/records/' },
      { path: 'node_modules/@azure/cosmos/' },
    ),
    rule(
      'service-bus-in-messaging',
      '',
      { path: '^(shared|functions)/', pathNot: '^shared/platform/messaging/' },
      { path: 'node_modules/@azure/service-bus/' },
    ),
    rule(
      'storage-in-blobs',
      '',
      { path: '^(shared|functions)/', pathNot: '^shared/platform/blobs/' },
      { path: 'node_modules/@azure/storage-blob/' },
    ),
    rule(
      'key-vault-in-secrets',
      '',
      { path: '^(shared|functions)/', pathNot: '^shared/platform/secrets/' },
      { path: 'node_modules/@azure/keyvault-' },
    ),
    rule(
      'identity-in-secrets',
      'Elsewhere only its types.',
      { path: '^(shared|functions)/', pathNot: '^shared/platform/secrets/' },
      { path: 'node_modules/@azure/identity/', dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'chromium-in-documents',
      '',
      { pathNot: '^(shared/platform/documents|bench)/' },
      { path: 'node_modules/(puppeteer-core|@sparticuz)/' },
    ),
    rule(
      'functions-library-in-functions',
      '',
      { path: '^shared/' },
      { path: 'node_modules/@azure/functions/' },
    ),
    rule(
      'local-knows-only-the-topology',
      '',
      { path: '^local/' },
      { path: '^(shared|functions)/', pathNot: '^shared/topology\\.json$' },
    ),
    rule('nothing-knows-local', '', { path: '^(shared|functions)/' }, { path: '^local/' }),
    rule('nobody-imports-scripts', '', { pathNot: '^(scripts|tests|bench)/' }, { path: '^scripts/' }),
    rule(
      'no-test-code-in-product',
      '',
      { pathNot: [tests, '^tests/', '^bench/', '^scripts/'] },
      { path: ['^tests/', tests] },
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
    },
  },
};
