/**
 * Loads bundles as the Functions worker does: `@azure/functions-core` is offered through `require`, and what is
 * registered is written to standard output as JSON.
 */
const Module = require('node:module');
const { basename } = require('node:path');

const registered = [];
let bundle = '';
const core = {
  version: '3.0.0',
  hostVersion: '4.0.0',
  registerFunction: (metadata, _callback) => {
    registered.push({ bundle, name: metadata.name, bindings: Object.values(metadata.bindings) });
    return new Disposable();
  },
  registerHook: () => new Disposable(),
  setProgrammingModel: () => undefined,
  getProgrammingModel: () => undefined,
  setWorkerCapability: () => undefined,
  log: () => undefined,
  Disposable,
};
function Disposable() {}
Disposable.prototype.dispose = () => undefined;

const load = Module._load;
Module._load = (request, ...rest) => (request === '@azure/functions-core' ? core : load(request, ...rest));

for (const path of process.argv.slice(2)) {
  bundle = basename(path);
  require(path);
}
process.stdout.write(JSON.stringify(registered), () => process.exit(0));
