import { join } from 'node:path';
import { type Deployment, deploy } from '../evaluate/deploy.ts';
import type { Resource } from '../evaluate/resource.ts';

export const ENVIRONMENTS = ['dev', 'stage', 'prod'] as const;
export type EnvironmentName = (typeof ENVIRONMENTS)[number];

const made = new Map<EnvironmentName, Deployment>();

/** What the parameter file of an environment would deploy. */
export function deployed(environment: EnvironmentName): Deployment {
  const known = made.get(environment) ?? deploy(join(import.meta.dirname, '..', `${environment}.bicepparam`));
  made.set(environment, known);
  return known;
}

/** Its resources of one type. */
export function ofType(environment: EnvironmentName, type: string): readonly Resource[] {
  return deployed(environment).resources.filter(resource => resource.type === type);
}

/** Resources of one type in production with some parameters changed. */
export function productionWith(
  instead: Readonly<Record<string, unknown>>,
): (type: string) => readonly Resource[] {
  const { resources } = deploy(join(import.meta.dirname, '..', 'prod.bicepparam'), instead);
  return type => resources.filter(resource => resource.type === type);
}

/** A resource's properties as plain JSON that may be looked into. */
export function propertiesOf(resource: Resource): Json {
  return resource.properties as Json;
}

// biome-ignore lint/suspicious/noExplicitAny: templates are open JSON; a wrong path makes a test fail
export type Json = any;
