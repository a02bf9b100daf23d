/** The style of the verification page in the tenant's colour (`#rrggbb`), which need not be readable on white. */
export function verificationStyle(colour: string): string {
  return `:root{--tenant:${colour};--on-tenant:${readableOn(colour)}}*{box-sizing:border-box}
body{font:1rem/1.55 system-ui,sans-serif;margin:0;color:#16191d;background:#f3f5f7}
header{background:#fff;border-top:.5rem solid var(--tenant);border-bottom:1px solid #d5dbe1}
header div,main,footer{max-width:40rem;margin:0 auto;padding:1rem 1.25rem}footer{font-size:.9rem;color:#4a545e;white-space:pre-line}
header div{display:flex;align-items:center;gap:.9rem;font-weight:600;font-size:1.1rem}header p{margin:0}header img{height:3rem;max-width:9rem}
main{background:#fff;padding:1.5rem 1.25rem 2rem}@media(min-width:42rem){main{margin:2rem auto;padding:2rem 2.5rem 2.5rem;border:1px solid #d5dbe1;border-radius:.5rem}}
h1 b{font:inherit;white-space:nowrap}code{display:inline-block}h1{font-size:1.6rem;line-height:1.25;margin:0 0 1rem}h2{font-size:1.1rem;margin:2rem 0 .25rem}p{margin:.25rem 0 1rem}
.status{padding:1rem 1.25rem;border-radius:.4rem;border:2px solid;margin:0 0 1.5rem}.status p{margin:0}
.status .word{font-size:2rem;line-height:1.2;font-weight:700;margin-bottom:.35rem}.word span{margin-inline-end:.6rem}
.good{border-color:#1b6e2d;background:#eef7f0}.good .word{color:#17602a}.bad{border-color:#a11b1b;background:#fcf0f0}.bad .word{color:#961717}
dl{margin:0}dl div{display:grid;grid-template-columns:minmax(8rem,12rem) 1fr;gap:.25rem 1rem;padding:.5rem 0;border-bottom:1px solid #e3e7eb}
dt{color:#4a545e}dd{margin:0;font-weight:600;overflow-wrap:anywhere}
code,.hash{font-family:ui-monospace,monospace;font-size:.9rem;overflow-wrap:anywhere}.hash{padding:.75rem;background:#f3f5f7;border-radius:.3rem}
a{color:#0b4f9e}label{display:block;font-weight:600;margin-top:1rem}
input{display:block;width:100%;font:inherit;padding:.7rem;margin-top:.3rem;border:1px solid #6b7680;border-radius:.3rem;background:#fff;color:inherit}
input::placeholder{color:#68727c}button{font:inherit;font-weight:600;margin-top:1.5rem;padding:.75rem 2rem;border:1px solid #16191d;border-radius:.3rem;background:var(--tenant);color:var(--on-tenant)}
:focus-visible{outline:3px solid #0b4f9e;outline-offset:2px}@media(max-width:42rem){button{width:100%}dl div{grid-template-columns:7rem 1fr}}`;
}

/** Black or white, whichever has the higher contrast; one of them always reaches 4.5 : 1 (WCAG 2.2, 1.4.3). */
function readableOn(colour: string): '#000' | '#fff' {
  const luminance = luminanceOf(colour);
  return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 ? '#fff' : '#000';
}

/** Relative luminance of an sRGB colour (WCAG 2.2). */
function luminanceOf(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map(at => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
