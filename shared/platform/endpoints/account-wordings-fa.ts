import type { Wording } from '../http/index.ts';
import type { accountsEn } from './account-wordings-en.ts';

/** The same in Persian. */
export const accountsFa: Readonly<Record<keyof typeof accountsEn, Wording>> = {
  'platform.token_revoked': [
    'از سامانه خارج شده‌اید',
    'نشست این توکن دسترسی پایان یافته یا کاربر آن تغییر کرده است؛ دوباره وارد شوید یا آن را تازه کنید.',
  ],
  'platform.csrf_invalid': [
    'توکن CSRF لازم است',
    'درخواستی که با کوکی می‌آید باید توکن CSRF نشست را در «X-CSRF-Token» تکرار کند.',
  ],
  'platform.step_up_required': [
    'ورود تازه لازم است',
    'یک بار دیگر هویت خود را ثابت کنید؛ آخرین اثبات حداکثر {maxAgeSeconds} ثانیه اعتبار دارد.',
  ],
  'platform.login_locked': [
    'تلاش‌های ناموفق بیش از اندازه',
    'تا {retryAfterSeconds} ثانیه کسی نمی‌تواند با این نشانی وارد شود. بازنشانی گذرواژه به آن پایان می‌دهد.',
  ],
  'platform.signature_incomplete': ['گذرواژه لازم است', 'برای امضا گذرواژهٔ خود را هم بفرستید.'],
  'platform.signature_refused': ['امضا پذیرفته نشد', 'این گذرواژهٔ شما نیست؛ چیزی امضا نشد.'],
  'platform.signature_by_person': [
    'امضا کار شخص است',
    'تنها شخصی که وارد شده است می‌تواند امضا کند، نه از راه {via}.',
  ],
  'platform.refresh_invalid': [
    'دوباره وارد شوید',
    'توکن تازه‌سازی از آنِ ما نیست، یا نشست آن پایان یافته است.',
  ],
  'platform.refresh_reused': [
    'دوباره وارد شوید',
    'توکن تازه‌سازی پیش‌تر به کار رفته بود، پس نشست آن پایان یافت. هر توکن تازه‌سازی تنها یک بار به کار می‌آید.',
  ],
};
