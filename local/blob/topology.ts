import * as z from 'zod';
import { readTopologyFile, topologyPart } from '../topology-file.ts';

// https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftstorage
const containerName = z
  .string()
  .regex(
    /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/,
    'a container has 3 to 63 lower-case letters, digits and single hyphens in its name',
  );

const account = z.strictObject({
  containers: z.array(containerName).default([]),
  /** How long blobs of a container cannot be changed in Azure, in days; without effect here. */
  immutableDays: z.record(z.string(), z.int().positive()).optional(),
});

const accountName = z
  .string()
  .regex(/^[a-z0-9]{3,24}$/, 'a storage account has 3 to 24 lower-case letters and digits in its name');

const storage = z
  .record(accountName, account)
  .refine(accounts => Object.keys(accounts).length > 0, 'there is no storage account');

/** Blob containers by storage account; the first account is also the storage of the Functions host. */
export type StorageTopology = Readonly<Record<string, { readonly containers: readonly string[] }>>;

/** Reads the `storage` section of a topology file. Throws a TopologyProblem with the place of what does not fit. */
export function readTopology(file: string): StorageTopology {
  return topologyPart(file, readTopologyFile(file), 'storage', storage);
}
