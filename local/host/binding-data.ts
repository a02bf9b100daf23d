import type { RpcTypedData } from './rpc.ts';
import { toRpc } from './rpc-data.ts';

/**
 * Trigger metadata as a worker gets it beside a text: where that is a JSON object, each of its members but arrays and nulls stands
 * over the metadata of the same name, in any case, or beside it (`Utility.ApplyBindingData` of Azure/azure-functions-host; see
 * Azure/azure-functions-host#7119). A sender can so give a message another `messageId` than it has. What is no object
 * becomes a text as .NET writes it.
 */
export function withMembersOf(
  text: string | undefined,
  metadata: Readonly<Record<string, RpcTypedData>>,
): Record<string, RpcTypedData> {
  const result = new Map(Object.entries(metadata));
  const names = new Map(Object.keys(metadata).map(name => [name.toLowerCase(), name]));
  for (const [given, value] of membersOf(text)) {
    const name = names.get(given.toLowerCase()) ?? given;
    names.set(given.toLowerCase(), name);
    result.set(name, toRpc(value));
  }
  return Object.fromEntries(result);
}

function membersOf(text = ''): readonly (readonly [string, string | object])[] {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{') || !trimmed.endsWith('}')) return [];
  try {
    const members = Object.entries(JSON.parse(trimmed));
    return members.flatMap(([name, value]) => {
      const bound = boundValue(value);
      return bound === undefined ? [] : [[name, bound] as const];
    });
  } catch {
    // A body that only looks like JSON is a text like any other.
    return [];
  }
}

function boundValue(value: unknown): string | object | undefined {
  if (value === null || Array.isArray(value)) return undefined;
  if (typeof value === 'object') return value;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'number' ? dotNetNumber(value) : dotNetText(String(value));
}

/** .NET writes a double without an exponent from 1E-05 up to 1E+15, and integers always. */
function dotNetNumber(value: number): string {
  if (Number.isSafeInteger(value)) return String(value === 0 ? 0 : value);
  const [mantissa = '', power = '0'] = value.toExponential().split('e');
  const exponent = Number(power);
  if (exponent >= -5 && exponent < 15)
    return value.toFixed(Math.max(0, mantissa.replace(/\D/g, '').length - 1 - exponent));
  return `${mantissa}E${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

const isoDate = /^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)(?:\.\d{1,7})?(Z|[+-]\d\d:\d\d)?$/;

/** Newtonsoft's parser takes a text that looks like an ISO date for one, and its text is that of the invariant culture, in the host's UTC. */
function dotNetText(text: string): string {
  const parts = isoDate.exec(text);
  const date = parts === null ? undefined : new Date(parts[5] === undefined ? `${text}Z` : text);
  if (date === undefined || Number.isNaN(date.getTime())) return text;
  const [, year, month, day, time] = isoDate.exec(date.toISOString()) ?? [];
  return `${month}/${day}/${year} ${time}`;
}
