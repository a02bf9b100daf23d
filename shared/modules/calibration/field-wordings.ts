import type { FieldWordings } from '../../platform/http/index.ts';

export const calibrationFieldWordings: FieldWordings = {
  en: {
    unit_unknown: 'This unit is not known.',
    quantity_unlike: 'This is not a quantity such as {unit} measures.',
    range_reversed: 'The range ends before it begins.',
    after_today: 'Not later than today, {today}.',
  },
  fa: {
    unit_unknown: 'این یکا شناخته نیست.',
    quantity_unlike: 'کمیتی از جنس آنچه با {unit} سنجیده می‌شود نیست.',
    range_reversed: 'بازه پیش از آغازش پایان می‌یابد.',
    after_today: 'نه دیرتر از امروز، {today}.',
  },
};
