/** A variable of Azure Pipelines that nobody defined is handed on as it was written. */
const UNEXPANDED = /^\$\([\w.-]+\)$/;

/**
 * Takes away the variables that nobody set. GitHub hands on an unknown variable as an empty text, Azure Pipelines as `$(name)`;
 * both would stand in for the defaults of the parameter files.
 */
export function dropUnset(variables: NodeJS.ProcessEnv): void {
  for (const [name, value] of Object.entries(variables)) {
    if (value === '' || UNEXPANDED.test(value ?? '')) delete variables[name];
  }
}
