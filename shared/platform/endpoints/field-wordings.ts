import type { FieldWordings } from '../http/index.ts';

/** What is said of a rejected field, by the code of its refusal. */
export const platformFieldWordings: FieldWordings = {
  en: {
    unprintable: 'Control characters and direction marks are not allowed.',
    unknown_field: 'This field is not known here.',
    invalid_type: `{expected, select, something {This field is required.} string {This must be a text.}
      number {This must be a number.} int {This must be a whole number.} boolean {This must be true or false.}
      array {This must be a list.} object {This must be an object.} record {This must be an object.}
      other {This must be of type {expected}.}}`,
    too_big: `{origin, select, string {At most {bound, plural, one {# character} other {# characters}}.}
      array {At most {bound, plural, one {# entry} other {# entries}}.}
      set {At most {bound, plural, one {# entry} other {# entries}}.}
      other {{inclusive, select, true {At most {bound, number}.} other {Less than {bound, number}.}}}}`,
    too_small: `{origin, select, string {At least {bound, plural, one {# character} other {# characters}}.}
      array {At least {bound, plural, one {# entry} other {# entries}}.}
      set {At least {bound, plural, one {# entry} other {# entries}}.}
      other {{inclusive, select, true {At least {bound, number}.} other {More than {bound, number}.}}}}`,
    invalid_format: `{format, select, email {This is no e-mail address.} url {This is no address of the web.}
      datetime {This is no instant as RFC 3339 writes it: 2026-04-29T08:30:00Z.} date {This is no day: 2026-04-29.}
      regex {This does not have the form {pattern}.} other {This is no {format}.}}`,
    not_multiple_of: 'This must be a multiple of {divisor, number}.',
    invalid_value: 'This must be one of: {allowed}.',
    invalid_union: 'This has none of the forms that are allowed here.',
    invalid_key: 'A name in this object is not allowed.',
    invalid_element: 'An entry is not allowed.',
    custom: 'This is not allowed here.',
    reserved_text: 'Such texts are kept for sealed values, and for what was erased.',
    person_erased: 'This is about somebody who was erased.',
    out_of_range: 'Between now and {days, plural, one {# day} other {# days}} from now.',
    unknown_event_type: 'No event has this type, or one below it; see /webhook-event-types.',
    locale_unknown: 'A locale of a language that there is: en-GB, fa-IR.',
    day_invalid: 'This is no day: 2026-04-29, or 1405/02/09 in the Jalali calendar.',
    time_zone_unknown: 'An IANA time zone: Europe/Berlin.',
    currency_unknown: 'An ISO 4217 currency.',
    origin_invalid: 'An origin without a path: https://lab.example.',
    span_too_long: 'At most {days, plural, one {# day} other {# days}} are counted at once.',
    redirect_invalid: 'https, or http on the own machine, without a fragment.',
    tenant_missing: 'An address is looked for in one tenant.',
    name_missing: 'A name in at least one language.',
    numbers_alike: 'Numbers of two kinds of documents would look alike.',
    credentials_in_address: 'Credentials do not belong in an address.',
    amount_too_fine: 'The currency has fewer digits behind the point.',
    other_region: 'This deployment holds tenants in {own}.',
    name_taken: 'Another tenant has this name.',
    name_reserved: 'This name cannot be a tenant’s.',
    no_svg: 'This is no SVG, or it has a document type.',
    no_plain_drawing: 'A logo holds no {found}.',
  },
  fa: {
    unprintable: 'نویسه‌های کنترلی و نشانه‌های جهت مجاز نیستند.',
    unknown_field: 'این فیلد در اینجا شناخته نیست.',
    invalid_type: `{expected, select, something {این فیلد الزامی است.} string {باید متن باشد.}
      number {باید عدد باشد.} int {باید عدد صحیح باشد.} boolean {باید درست یا نادرست باشد.}
      array {باید فهرست باشد.} object {باید شیء باشد.} record {باید شیء باشد.}
      other {باید از نوع {expected} باشد.}}`,
    too_big: `{origin, select, string {حداکثر {bound, plural, other {# نویسه}}.}
      array {حداکثر {bound, plural, other {# مورد}}.} set {حداکثر {bound, plural, other {# مورد}}.}
      other {{inclusive, select, true {حداکثر {bound, number}.} other {کمتر از {bound, number}.}}}}`,
    too_small: `{origin, select, string {حداقل {bound, plural, other {# نویسه}}.}
      array {حداقل {bound, plural, other {# مورد}}.} set {حداقل {bound, plural, other {# مورد}}.}
      other {{inclusive, select, true {حداقل {bound, number}.} other {بیشتر از {bound, number}.}}}}`,
    invalid_format: `{format, select, email {نشانی ایمیل معتبر نیست.} url {نشانی وب معتبر نیست.}
      datetime {زمان به شکل RFC 3339 نیست: 2026-04-29T08:30:00Z.} date {روز معتبر نیست: 2026-04-29.}
      regex {به شکل {pattern} نیست.} other {{format} معتبر نیست.}}`,
    not_multiple_of: 'باید مضربی از {divisor, number} باشد.',
    invalid_value: 'باید یکی از این‌ها باشد: {allowed}.',
    invalid_union: 'به هیچ‌یک از شکل‌های مجاز در اینجا نیست.',
    invalid_key: 'نامی در این شیء مجاز نیست.',
    invalid_element: 'یکی از موارد مجاز نیست.',
    custom: 'این مقدار در اینجا مجاز نیست.',
    reserved_text: 'متن‌های این‌چنینی از آنِ مقدارهای رمزشده و پاک‌شده‌اند.',
    person_erased: 'این دربارهٔ شخصی است که پاک شده است.',
    out_of_range: 'بین اکنون و {days, plural, other {# روز}} دیگر.',
    unknown_event_type: 'رویدادی از این نوع یا زیر آن وجود ندارد؛ /webhook-event-types را ببینید.',
    locale_unknown: 'یک محل با زبانی که هست: en-GB، fa-IR.',
    day_invalid: 'روز معتبر نیست: 1405/02/09، یا 2026-04-29 در تقویم میلادی.',
    time_zone_unknown: 'یک منطقهٔ زمانی IANA: Europe/Berlin.',
    currency_unknown: 'یک واحد پول ISO 4217.',
    origin_invalid: 'یک مبدأ بدون مسیر: https://lab.example.',
    span_too_long: 'حداکثر {days, plural, other {# روز}} با هم شمرده می‌شود.',
    redirect_invalid: 'https، یا http روی همان دستگاه، بدون بخش پس از #.',
    tenant_missing: 'نشانی در یک سازمان جست‌وجو می‌شود.',
    name_missing: 'نامی دست‌کم به یک زبان.',
    numbers_alike: 'شماره‌های دو گونه سند همانند می‌شوند.',
    credentials_in_address: 'نام کاربری و گذرواژه در نشانی جایی ندارند.',
    amount_too_fine: 'این واحد پول رقم‌های اعشاری کمتری دارد.',
    other_region: 'این استقرار سازمان‌ها را در {own} نگه می‌دارد.',
    name_taken: 'سازمان دیگری این نام را دارد.',
    name_reserved: 'این نام نمی‌تواند از آنِ سازمانی باشد.',
    no_svg: 'SVG نیست، یا نوع سند دارد.',
    no_plain_drawing: 'نشان نباید {found} داشته باشد.',
  },
};
