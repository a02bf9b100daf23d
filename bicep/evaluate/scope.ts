/** Where something is deployed: into a resource group, or into the subscription itself. */
export type Scope = { readonly group: string | undefined };

export const SUBSCRIPTION = '/subscriptions/sub';

export function scopeId({ group }: Scope): string {
  return group === undefined ? SUBSCRIPTION : `${SUBSCRIPTION}/resourceGroups/${group}`;
}
