const milliseconds = { day: 86_400_000, hour: 3_600_000, minute: 60_000, second: 1000 };

/**
 * Milliseconds of a .NET TimeSpan in its constant form (`[-][d.]hh:mm[:ss[.fffffff]]`; a number alone is days, so "5" is
 * five days), undefined when it is none.
 */
export function parseTimeSpan(text: string): number | undefined {
  const trimmed = text.trim();
  const days = /^(-?)(\d{1,8})$/.exec(trimmed);
  if (days !== null) return signed(days[1], Number(days[2]) * milliseconds.day);
  const match = /^(-?)(?:(\d+)\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,7}))?)?$/.exec(trimmed);
  if (match === null) return undefined;
  const [, sign, day = '0', hour = '0', minute = '0', second = '0', fraction = '0'] = match;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const whole =
    Number(day) * milliseconds.day +
    Number(hour) * milliseconds.hour +
    Number(minute) * milliseconds.minute +
    Number(second) * milliseconds.second;
  return signed(sign, whole + Math.round(Number(`0.${fraction}`) * 1000));
}

function signed(sign: string | undefined, value: number): number {
  return sign === '-' && value !== 0 ? -value : value;
}
