import type { Wording } from '../http/index.ts';
import type { en } from './wordings-en.ts';

/** What the platform's refusals say in Persian. A missing one does not compile. */
export const fa: Readonly<Record<keyof typeof en, Wording>> = {
  'platform.route_unknown': ['یافت نشد', 'در این نشانی چیزی نیست.'],
  'platform.not_found': ['یافت نشد', 'چیزی با این شناسه وجود ندارد.'],
  'platform.method_not_allowed': ['متد نامجاز', 'این نشانی تنها {allow} را می‌شناسد.'],
  'platform.tenant_unknown': ['میزبان ناشناخته', 'در این میزبان سازمانی سرویس نمی‌گیرد.'],
  'platform.tenant_suspended': ['معلق', 'سرویس این سازمان در حال حاضر برقرار نیست.'],
  'platform.maintenance': ['در دست تعمیر', 'اکنون در دست تعمیر است؛ دیرتر دوباره بکوشید. {message}'],
  'platform.tenant_mismatch': ['سازمان نادرست', 'توکن برای سازمان دیگری جز صاحب این میزبان صادر شده است.'],
  'platform.token_missing': ['ورود لازم است', 'توکن دسترسی را به صورت «Authorization: Bearer …» بفرستید.'],
  'platform.token_invalid': ['توکن نامعتبر', 'توکن دسترسی از ما نیست یا تغییر کرده است.'],
  'platform.token_expired': ['توکن منقضی', 'توکن دسترسی منقضی شده است؛ دوباره وارد شوید.'],
  'platform.permission_missing': ['اجازه ندارید', 'شما مجوز {permission} را ندارید.'],
  'platform.body_malformed': ['بدنه نادرست', 'بدنه درخواست JSON با کدگذاری UTF-8 نیست.'],
  'platform.body_too_large': ['بدنه بیش از اندازه بزرگ', 'درخواست حداکثر می‌تواند {limit} بایت باشد.'],
  'platform.media_type_unsupported': ['نوع رسانه پشتیبانی نمی‌شود', 'بدنه را به صورت {supported} بفرستید.'],
  'platform.input_invalid': ['ورودی نامعتبر', 'برخی فیلدها آن‌چه باید نیستند؛ «errors» هر یک را نشان می‌دهد.'],
  'platform.idempotency_key_invalid': [
    'کلید Idempotency-Key نامعتبر',
    'کلید از ۱ تا {limit} نویسه چاپ‌پذیر ASCII دارد.',
  ],
  'platform.idempotency_key_reused': [
    'استفاده دوباره از Idempotency-Key',
    'این کلید پیش‌تر برای درخواست دیگری به کار رفته است.',
  ],
  'platform.if_match_invalid': [
    'If-Match نامعتبر',
    'ETag یک نسخه را، همان‌گونه که به شما داده شده است، بفرستید.',
  ],
  'platform.version_missing': ['If-Match لازم است', 'ETag نسخه‌ای را که تغییر می‌دهید در If-Match بفرستید.'],
  'platform.version_stale': [
    'در این میان تغییر کرده است',
    'پس از خواندن شما کسی این رکورد را تغییر داده است؛ دوباره آن را بخوانید.',
  ],
  'platform.audit_too_many': [
    'تعداد ردیف‌ها زیاد است',
    'هر بار حداکثر {limit} ردیف صادر می‌شود؛ بازهٔ کوتاه‌تری بخواهید.',
  ],
  'platform.value_taken': ['از پیش گرفته شده', 'رکورد دیگری این مقدار را دارد یا در حال گرفتن آن است.'],
  'platform.balance_too_low': ['موجودی کافی نیست', 'موجودی {available} است و {wanted} خواسته شده.'],
  'platform.hold_differs': ['نگهداشت متفاوت', 'این پیش‌تر با مبلغ یا واحد دیگری نگه داشته شده است.'],
  'platform.in_use': [
    'در حال استفاده',
    'چیز دیگری به این رکورد ارجاع دارد؛ «data» می‌گوید چه چیزی. به جای حذف می‌توان آن را غیرفعال کرد.',
  ],
  'platform.version_unknown': ['چنین نسخه‌ای نیست', 'پیش از نسخهٔ کنونی نسخه‌ای با شمارهٔ {version} وجود ندارد.'],
  'platform.rollback_refused': [
    'بازگرداندن ممکن نیست',
    'این رکورد را نمی‌توان به نسخهٔ {version} بازگرداند؛ «because» دلیل را می‌گوید.',
  ],
  'platform.history_broken': [
    'تاریخچه کامل نیست',
    'تغییرهای این رکورد با هم جور نیستند؛ راستی‌آزمایی آن می‌گوید کجا.',
  ],
  'platform.already_exists': ['از پیش وجود دارد', 'رکوردی با این شناسه وجود دارد.'],
  'platform.claim_taken': ['از پیش گرفته شده', 'این مقدار باید یکتا باشد و از آنِ رکورد دیگری است.'],
  'platform.busy': ['مشغول', 'تغییرات همزمان بسیار است؛ دوباره تلاش کنید.'],
  'platform.cursor_invalid': [
    'نشانگر نامعتبر',
    'این نشانگر برای این فهرست با این صافی‌ها و این ترتیب ساخته نشده است.',
  ],
  'platform.commit_too_large': ['بیش از اندازه بزرگ', 'این تغییر بیش از آن بخش دارد که یک‌جا نوشته شود.'],
  'platform.database_unavailable': [
    'موقتاً در دسترس نیست',
    'بخشی که این درخواست لازم دارد پاسخ نمی‌دهد؛ دوباره تلاش کنید.',
  ],
  'platform.storage_unavailable': ['موقتاً در دسترس نیست', 'انبار پرونده‌ها پاسخ نمی‌دهد؛ دوباره تلاش کنید.'],
  'platform.vault_unavailable': ['موقتاً در دسترس نیست', 'گاوصندوق کلیدها پاسخ نمی‌دهد؛ دوباره تلاش کنید.'],
  'platform.person_active': [
    'هنوز فعال',
    'نخست این شخص را غیرفعال کنید؛ کسی که می‌تواند وارد شود پاک نمی‌شود.',
  ],
  'platform.person_unknown': ['شخص ناشناخته', 'از {person} چیزی دانسته نیست.'],
  'platform.export_over': ['مهلت پرونده گذشته', 'این پرونده یک روز در دسترس بود؛ دوباره درخواست دهید.'],
  'platform.retention_unfit': [
    'مدت نگهداری نامناسب',
    'مدت نگهداری برخی گونه‌ها چنین نمی‌تواند باشد؛ «errors» هر یک را نشان می‌دهد.',
  ],
  'platform.signups_over': [
    'برای امروز بس است',
    'امروز به اندازهٔ سقف درخواست دورهٔ آزمایشی رسیده است؛ فردا دوباره ممکن می‌شود.',
  ],
  'platform.keys_destroyed': ['پاک شده', 'آنچه این سازمان داشت پاک شده است.'],
  'platform.keys_not_visible': ['موقتاً در دسترس نیست', 'یکی از کلیدها هنوز دیده نمی‌شود؛ دوباره تلاش کنید.'],
  'platform.messaging_unavailable': ['موقتاً در دسترس نیست', 'اکنون نمی‌توان پیام فرستاد؛ دوباره تلاش کنید.'],
  'platform.branch_beyond': ['شعبه‌ای دیگر', 'این از آنِ شعبه‌ای است که شما در آن کار نمی‌کنید.'],
  'platform.branch_limited': ['همه سازمان', 'این به همه سازمان مربوط است و شما به شعبه‌هایی محدودید.'],
  'platform.role_privileged': [
    'دادن آن با شما نیست',
    'نقش {roles} بیش از شما اجازه دارد: آن را نمی‌دهید و به دارندهٔ آن دست نمی‌زنید.',
  ],
  'platform.login_busy': ['مشغول', 'در این لحظه شمار واردشوندگان بسیار است؛ دوباره تلاش کنید.'],
  'platform.login_refused': ['ورود پذیرفته نشد', 'رایانامه و گذرواژه با هم نمی‌خوانند، یا حساب غیرفعال است.'],
  'platform.webhook_event_unknown': [
    'رویداد ناشناخته',
    'برخی صافی‌ها هیچ رویداد موجودی را نمی‌گذرانند؛ «errors» به هر یک اشاره می‌کند.',
  ],
  'platform.webhook_insecure': ['HTTPS لازم است', 'وب‌هوک تنها به نشانی‌های https فرستاده می‌شود.'],
  'platform.webhook_unreachable_address': [
    'نشانی پذیرفته نشد',
    'وب‌هوک به نشانی‌های خصوصی یا رزرو شده فرستاده نمی‌شود.',
  ],
  'platform.job_not_visible': ['هنوز نیست', 'کار هنوز خواندنی نیست.'],
  'platform.job_leased': ['در دست انجام', 'کسی مشغول این کار است.'],
  'platform.job_unknown': ['کار ناشناخته', 'این گونه کار شناخته نیست.'],
  'platform.job_crashed': ['شکست خورد', 'این کار در سمت ما به خطا برخورد.'],
  'platform.rate_limited': [
    'درخواست بیش از اندازه',
    'سهم «{limit}» به پایان رسیده است؛ پس از {retryAfterSeconds, plural, other {# ثانیه}} دوباره تلاش کنید.',
  ],
  'platform.internal': ['خطای درونی', 'در سمت ما خطایی رخ داد. هنگام گزارش، شناسه درخواست را ذکر کنید.'],
};
