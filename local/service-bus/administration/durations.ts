import { Refusal } from '../refusals.ts';

/** .NET's longest time span, which stands for no limit. */
const endless = 'P10675199DT2H48M5.4775807S';

/** Milliseconds in .NET's longest time span; what comes near it has no limit either. */
const endlessMs = 922_337_203_685_477;

const pattern = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** Milliseconds in an ISO 8601 duration of days and less, null when it stands for no limit. Throws a Refusal. */
export function readDuration(text: string): number | null {
  const match = pattern.exec(text);
  if (match === null || text.length < 3 || text.endsWith('T')) {
    throw new Refusal('argument-error', `The duration '${text}' is not valid.`);
  }
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map(part => Number(part ?? 0));
  const ms = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
  return ms >= endlessMs ? null : ms;
}

/** An ISO 8601 duration as the service writes it: the largest units first, those that are zero left out. */
export function writeDuration(ms: number | null): string {
  if (ms === null) return endless;
  const units: readonly (readonly [number, string])[] = [
    [Math.floor(ms / 3_600_000) % 24, 'H'],
    [Math.floor(ms / 60_000) % 60, 'M'],
    [(ms % 60_000) / 1000, 'S'],
  ];
  const days = Math.floor(ms / 86_400_000);
  const time = units.map(([value, unit]) => (value === 0 ? '' : `${value}${unit}`)).join('');
  if (days === 0 && time === '') return 'PT0S';
  return `P${days === 0 ? '' : `${days}D`}${time === '' ? '' : `T${time}`}`;
}
