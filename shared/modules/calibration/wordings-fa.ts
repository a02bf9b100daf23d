import type { Wording } from '../../platform/http/index.ts';
import type { CalibrationFaultCode } from './faults.ts';

/** What calibration's refusals say in Persian. */
export const fa: Readonly<Record<CalibrationFaultCode, Wording>> = {
  'calibration.reference_unknown': ['مرجع ناشناخته', '{field} رکوردی را نام می‌برد که وجود ندارد: {id}.'],
  'calibration.contact_twice': [
    'مخاطب تکراری',
    'هر مخاطب شناسهٔ خودش را دارد؛ «errors» موارد تکراری را نشان می‌دهد.',
  ],
  'calibration.inactive': ['غیرفعال', '{field} رکوردی را نام می‌برد که دیگر به کار نمی‌رود: {id}.'],
  'calibration.equipment_of_other_customer': [
    'تجهیز مشتری دیگر',
    'تجهیز {id} از آنِ مشتری دیگری جز مشتری این درخواست است.',
  ],
  'calibration.unit_mismatch': [
    'یکای نادرست',
    '{field} با یکای {unit} داده شده است که کمیتِ {expected} را نمی‌سنجد.',
  ],
  'calibration.srf_not_draft': [
    'پیش‌نویس نیست',
    'تنها پیش‌نویس‌ها را می‌توان تغییر داد؛ این درخواست در وضعیت {state} است.',
  ],
  'calibration.transition_not_open': [
    'اکنون ممکن نیست',
    '«{action}» از وضعیت {state} گشوده نیست؛ «open» آن‌چه را گشوده است برمی‌شمارد.',
  ],
  'calibration.reason_missing': ['دلیل لازم است', '«{action}» نیاز به دلیل دارد.'],
  'calibration.items_missing': ['چیزی برای کالیبراسیون نیست', '{field} نباید خالی باشد.'],
  'calibration.technician_missing': ['بدون کارشناس', 'باید کارشناسی گمارده شود: «assignTo» را بفرستید.'],
  'calibration.assignee_unknown': ['شخص ناشناخته', 'کاربر فعالی با شناسه {id} در این سازمان نیست.'],
  'calibration.points_not_observed': [
    'مشاهده‌ها ناقص است',
    '{count, plural, other {# نقطه آزمون}} هنوز مشاهده نشده است؛ «missing» آن‌ها را برمی‌شمارد.',
  ],
  'calibration.separation_of_duties': [
    'جدایی وظایف',
    'کسی که مشاهده‌های یک درخواست را ثبت کرده است نه می‌تواند آن را بازبینی کند و نه تأیید.',
  ],
  'calibration.changed_since_signed': [
    'پس از امضا تغییر کرده است',
    'آن‌چه در درخواست است همان نیست که با عنوان {signature} امضا شد. آن را دوباره بخوانید؛ اگر چنین می‌ماند باید از نو امضا شود.',
  ],
  'calibration.review_missing': [
    'بازبینی انجام نشده است',
    'آزمایشگاه می‌خواهد اندازه‌گیری‌ها پیش از تأیید، بازبینی و امضا شوند.',
  ],
  'calibration.certificate_under_way': [
    'گواهی در دست تهیه',
    'گواهی این درخواست در دست تهیه است؛ تا صدور آن منتظر بمانید.',
  ],
  'calibration.certificate_issued': [
    'گواهی صادر شده',
    'گواهی‌های این درخواست صادر شده‌اند؛ آن‌ها را باطل یا بازنگری کنید.',
  ],
  'calibration.standard_expired': [
    'استاندارد معتبر نیست',
    'استاندارد {assetNumber} را نمی‌توان برای این مشاهده به کار برد: {why} در {on}.',
  ],
  'calibration.standard_out_of_range': [
    'بیرون از گستره استاندارد',
    'مقدار مرجع بیرون از گستره استاندارد {assetNumber} است.',
  ],
  'calibration.observations_closed': [
    'مشاهده‌ها بسته است',
    'مشاهده تنها هنگام انجام یا دوباره‌کاری ثبت می‌شود؛ این درخواست در وضعیت {state} است.',
  ],
  'calibration.observation_exists': [
    'از پیش مشاهده شده',
    'این نقطه آزمون در این دور مشاهده شده است؛ با PATCH {id} آن را اصلاح کنید.',
  ],
  'calibration.point_unknown': [
    'نقطه آزمون ناشناخته',
    'درخواست نقطه آزمون {pointId} از قلم {itemId} را ندارد.',
  ],
  'calibration.readings_missing': [
    'خوانش‌ها کم است',
    'روش {needed, plural, other {# خوانش}} می‌خواهد؛ {given, plural, other {# خوانش}} داده شده است.',
  ],
  'calibration.environment_missing': [
    'شرایط محیطی داده نشده',
    'روش شرایط محیطی می‌خواهد؛ «missing» آن‌چه را داده نشده است برمی‌شمارد.',
  ],
  'calibration.taken_at_implausible': [
    'زمان ناپذیرفتنی',
    'مشاهده پس از دریافت قلم ({earliest}) و نه در آینده ({latest}) انجام می‌شود.',
  ],
  'calibration.not_evaluable': ['ارزیابی‌پذیر نیست', 'از این اعداد نتیجه‌ای به دست نمی‌آید: {why} ({where}).'],
  'calibration.srf_not_approved': [
    'تأیید نشده',
    'گواهی از درخواست‌های تأییدشده ساخته می‌شود؛ این درخواست در وضعیت {state} است.',
  ],
  'calibration.certificate_incomplete': [
    'گواهی ناقص',
    'ISO/IEC 17025 بیش از آن‌چه هست می‌خواهد؛ «errors» هر کمبود را نشان می‌دهد.',
  ],
  'calibration.certificate_not_issued': ['صادر نشده', 'گواهی در وضعیت {state} است.'],
  'calibration.certificate_revoked': [
    'باطل شده',
    'گواهی باطل شده است؛ برای صدور گواهی تازه «revise» را با دلیل بفرستید.',
  ],
};
