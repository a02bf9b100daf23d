import type { Wording } from '../../http/index.ts';
import type { en } from './wordings-en.ts';

/** What tenancy's refusals say in Persian. */
export const fa: Readonly<Record<keyof typeof en, Wording>> = {
  'platform.slug_taken': ['نام گرفته شده', 'نام میزبان «{slug}» از آنِ سازمان دیگری است.'],
  'platform.slug_reserved': ['نام رزرو شده', '«{slug}» نمی‌تواند نام سازمان باشد.'],
  'platform.logo_unfit': ['نشان نامناسب', 'نشان باید SVG باشد و جز شکل و نوشته چیزی در آن نباشد.'],
  'platform.region_elsewhere': ['منطقهٔ دیگر', 'این استقرار سازمان‌ها را در {own} نگه می‌دارد، نه در {region}.'],
  'platform.plan_unknown': [
    'طرح ناشناخته',
    'طرحی با نام «{plan}» که بتوان سازمانی را در آن گذاشت وجود ندارد.',
  ],
  'platform.plan_limit_reached': [
    'سقف طرح',
    'طرح شما بیش از {most, number} مورد از {limit} را مجاز نمی‌داند.',
  ],
  'platform.feature_not_in_plan': ['در طرح نیست', 'طرح این سازمان «{feature}» را ندارد.'],
  'platform.tenant_transition_not_open': ['اکنون ممکن نیست', '«{action}» از وضعیت {status} گشوده نیست.'],
  'platform.provisioning_under_way': [
    'در حال ساخت',
    'کاری در حال ساختن این سازمان است؛ تا پایان آن صبر کنید.',
  ],
  'platform.tenant_has_owner': [
    'تحویل گرفته شده',
    'این سازمان مالکی دارد که آمده است؛ افراد آن یکدیگر را دعوت می‌کنند.',
  ],
  'platform.domain_invalid': ['نام میزبان نیست', '«{hostname}» نام میزبان نیست.'],
  'platform.domain_reserved': [
    'رزرو شده',
    '«{hostname}» از آنِ خود سامانه است، یا نامی است که دیگران زیر آن نام خود را دارند.',
  ],
  'platform.domain_already_added': ['پیش‌تر افزوده شده', '«{hostname}» پیش‌تر در میان دامنه‌ها آمده است.'],
  'platform.domain_not_active': ['فعال نیست', 'تنها دامنهٔ فعال می‌تواند دامنهٔ اصلی باشد.'],
  'platform.domains_too_many': ['دامنه‌های بیش از اندازه', 'هر سازمان حداکثر {most, number} دامنه دارد.'],
  'platform.signup_closed': ['بسته', 'اکنون کسی نمی‌تواند خود ثبت‌نام کند.'],
  'platform.signup_link_invalid': ['پیوند نامعتبر', 'این پیوند به کار رفته، گذشته، یا هرگز از ما نبوده است.'],
  'platform.reason_missing': ['دلیل لازم است', '«{action}» نیاز به دلیل دارد.'],
};
