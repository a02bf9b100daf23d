import type { AuthLevel } from './function-keys.ts';
import type { FunctionApp, RegisteredFunction } from './functions-core.ts';
import { createRouter, type RouteDefinition, type Router } from './router.ts';
import { StartError } from './settings-expansion.ts';
import { allTriggersOf, type Trigger } from './triggers.ts';

export type HttpTarget = {
  readonly registered: RegisteredFunction;
  readonly bindingName: string;
  readonly level: AuthLevel;
  /** A disabled function keeps its route and answers 404, except to the master key. */
  readonly isDisabled: boolean;
};

const levels: readonly AuthLevel[] = ['anonymous', 'function', 'system', 'admin'];

/** The routes of the app's HTTP functions; a StartError tells which trigger cannot be served. */
export function routesOf(app: FunctionApp, prefix: string): Router<HttpTarget> {
  const problems: string[] = [];
  const definitions: RouteDefinition<HttpTarget>[] = [];
  for (const trigger of allTriggersOf(app, 'httpTrigger')) {
    const definition = defineRoute(app, trigger);
    problems.push(...problemsOf(definition, trigger, definitions));
    try {
      createRouter(prefix, [definition]);
      definitions.push(definition);
    } catch (error) {
      problems.push(`function ${trigger.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (problems.length > 0) throw new StartError(problems);
  return createRouter(prefix, definitions);
}

function defineRoute(
  app: FunctionApp,
  { name, registered, bindingName, binding }: Trigger,
): RouteDefinition<HttpTarget> {
  const { route, methods } = binding;
  const level = levels.find(known => known === textOf(binding['authLevel']).toLowerCase()) ?? 'anonymous';
  return {
    name,
    template: typeof route === 'string' && route.trim() !== '' ? route : undefined,
    methods: Array.isArray(methods) ? methods.map(method => String(method).toUpperCase()) : undefined,
    target: { registered, bindingName, level, isDisabled: app.disabled.has(registered.id) },
  };
}

function textOf(level: unknown): string {
  return typeof level === 'string' ? level : 'anonymous';
}

function problemsOf(
  definition: RouteDefinition<HttpTarget>,
  { name, binding }: Trigger,
  earlier: readonly RouteDefinition<HttpTarget>[],
): string[] {
  const problems: string[] = [];
  const level = textOf(binding['authLevel']);
  if (!levels.some(known => known === level.toLowerCase()))
    problems.push(`function ${name}: authLevel "${level}" is not supported here`);
  const route = plain(definition);
  if (/^(admin|runtime)/.test(route))
    problems.push(`function ${name}: the route "${route}" lies in what belongs to the host (admin, runtime)`);
  const other = earlier.find(known => plain(known) === route && haveSameMethod(known, definition));
  if (other !== undefined)
    problems.push(`function ${name}: the route "${route}" is the one of function ${other.name}`);
  return problems;
}

function plain({ template, name }: RouteDefinition<HttpTarget>): string {
  return (template ?? name).replace(/^\/+|\/+$/g, '').toLowerCase();
}

function haveSameMethod(a: RouteDefinition<HttpTarget>, b: RouteDefinition<HttpTarget>): boolean {
  if (a.methods === undefined || b.methods === undefined) return true;
  return a.methods.some(method => b.methods?.includes(method));
}
