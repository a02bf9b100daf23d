import type { Role } from '../../kernel/index.ts';
import type { Language } from '../../kernel/languages/index.ts';

/** What the twelve standard roles are called. */
export const roleTitles: Readonly<Record<Role, Readonly<Record<Language, string>>>> = {
  operator: { en: 'Platform operator', fa: 'گرداننده سکو' },
  'operator-auditor': { en: 'Platform auditor', fa: 'حسابرس سکو' },
  'tenant-owner': { en: 'Owner', fa: 'مالک' },
  administrator: { en: 'Administrator', fa: 'مدیر سامانه' },
  'quality-manager': { en: 'Quality manager', fa: 'مدیر کیفیت' },
  manager: { en: 'Manager', fa: 'مدیر' },
  technician: { en: 'Technician', fa: 'تکنسین' },
  sales: { en: 'Sales', fa: 'فروش' },
  accountant: { en: 'Accountant', fa: 'حسابدار' },
  'report-author': { en: 'Report author', fa: 'نویسنده گزارش' },
  integrator: { en: 'Integrator', fa: 'یکپارچه‌ساز' },
  viewer: { en: 'Viewer', fa: 'بیننده' },
};
