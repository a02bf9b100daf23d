import type { Az } from './commands.ts';
import { outputs } from './deployment.fixture.ts';

const VAULT = 'kv-tsops-prod';

/**
 * Azure's side of an environment that is deleted and made again, as far as delivery asks it: what is gone is not found, a Key
 * Vault that was recovered is closed, without any role, until somebody gives one, and a group whose subnet is held cannot be deleted.
 * `pause` lets time pass, after which a subnet that no app uses is let go.
 */
export function azureWith(environment: string) {
  const group = `rg-touchstone-${environment}`;
  const asked: string[] = [];
  const state = {
    recorded: true,
    groups: [group, `${group}-northeurope`, `${group}x`, 'rg-other'],
    vault: 'open',
    apps: ['func-api', 'func-worker'],
    isHeld: true,
  };
  const pause = async () => {
    asked.push('pause');
    state.isHeld = state.apps.length > 0;
  };
  const refuse = (code: string): never => {
    throw new Error(`Command failed: az … ERROR: (${code}) it was not possible`);
  };
  const answers: Readonly<Record<string, (args: readonly string[]) => unknown>> = {
    'deployment sub delete': () => {
      state.recorded = false;
    },
    'deployment sub show': () =>
      state.recorded ? outputs.operationsVaultEndpoint : refuse('DeploymentNotFound'),
    'deployment sub create': () => {
      state.recorded = true;
    },
    'group list': () => state.groups.map(name => ({ name })),
    'functionapp list': args =>
      args[3] === group
        ? [
            ...state.apps.map(name => ({ name, virtualNetworkSubnetId: '/subnets/apps' })),
            { name: 'func-open' },
          ]
        : [],
    'functionapp vnet-integration remove': args => {
      state.apps = state.apps.filter(name => name !== args[6]);
    },
    'network vnet list': args =>
      args[4] === group
        ? [
            {
              subnets: [{}, { serviceAssociationLinks: state.isHeld ? [{ name: 'legionservicelink' }] : [] }],
            },
          ]
        : [],
    'group delete': args => {
      if (args[3] === group && state.isHeld) refuse('InUseSubnetCannotBeDeleted');
      state.groups = state.groups.filter(name => name !== args[3]);
      if (args[3] === group) state.vault = 'deleted';
    },
    'group create': args => {
      state.groups.push(args[3] ?? '');
    },
    'keyvault list-deleted': () =>
      (state.vault === 'deleted' ? [VAULT, 'kv-of-others'] : ['kv-of-others']).map(name => ({
        name,
        properties: {
          vaultId: `/subscriptions/s/resourceGroups/${name === VAULT ? group : 'rg-other'}/providers/v/${name}`,
        },
      })),
    'keyvault recover': () => {
      state.vault = 'closed';
    },
    'keyvault secret': () => (state.vault === 'open' ? 'https://chat.example/1' : refuse('Forbidden')),
    'resource show': () => refuse('ResourceNotFound'),
  };
  const az: Az = async (...args) => {
    asked.push(args.join(' '));
    const [start] = Object.keys(answers).filter(
      known => args.join(' ').startsWith(`${known} `) || args.join(' ') === known,
    );
    return start === undefined ? refuse('NotExpected') : answers[start]?.(args);
  };
  return { az, asked, state, pause };
}
