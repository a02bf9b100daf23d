import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { plainSvg } from './plain-svg.ts';

const svg = (inner: string, attributes = ''): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"${attributes}>${inner}</svg>`;
const LOGO = svg(
  '<defs><linearGradient id="g"><stop offset="0" stop-color="#123"></stop></linearGradient></defs>' +
    '<g fill="url(#g)" style="stroke:#000;stroke-width:2"><path d="M0 0L9 9z"></path><use href="#p"></use>' +
    '<text x="1" font-family="\'Inter\', sans-serif">Müller &amp; Söhne</text></g>',
);

describe('a drawing', () => {
  test('of shapes, gradients and texts stays what it is', async () => {
    assert.deepEqual(await plainSvg(LOGO), { svg: LOGO, removed: [] });
    const exported = `<?xml version="1.0" encoding="utf-8"?>\n<!-- Generator: a program -->\n${LOGO}\n`;
    assert.deepEqual(await plainSvg(exported), { svg: LOGO, removed: [] });
  });

  test('may name colours, sums and moves in its attributes', async () => {
    const inner =
      '<g transform="translate(1 2) rotate(45)"><rect fill="rgb(1, 2, 3)" style="stroke:hsl(1deg 2% 3%);stroke-width:calc(1px + 2px)" mask="url( #m )"></rect></g>';
    assert.deepEqual(await plainSvg(svg(inner)), { svg: svg(inner), removed: [] });
  });

  for (const [inner, attributes, removed] of [
    ['<script>alert(1)</script>', '', '<script>'],
    ['<SCRIPT>alert(1)</SCRIPT>', '', '<SCRIPT>'],
    ['', ' onload="alert(1)"', 'onload='],
    ['<g OnClick="alert(1)"></g>', '', 'OnClick='],
    ['<a href="#x"><path d="M0 0"></path></a>', '', '<a>'],
    ['<use href="https://evil.example/x.svg#a"></use>', '', 'href='],
    ['<use xlink:href="data:image/svg+xml,x"></use>', '', 'xlink:href='],
    ['<use href="java&#115;cript:alert(1)"></use>', '', 'href='],
    ['<image href="#x"></image>', '', '<image>'],
    ['<foreignObject><body></body></foreignObject>', '', '<foreignObject>'],
    ['<style>@import "https://evil.example"</style>', '', '<style>'],
    ['<rect fill="url(https://evil.example/a)"></rect>', '', 'fill='],
    ['<rect style="fill:u\\72l(//evil.example)"></rect>', '', 'style='],
    [`<rect style="background-image:image-set('//evil.example/x' 1x)"></rect>`, '', 'style='],
    [`<rect style="background-image:-webkit-image-set('//evil.example/x' 1x)"></rect>`, '', 'style='],
    [`<rect style="background:src('//evil.example/x')"></rect>`, '', 'style='],
    [`<rect style="background:image('/evil')"></rect>`, '', 'style='],
    [`<rect style="background:cross-fade('/evil','/evil2')"></rect>`, '', 'style='],
    [`<rect style="background:u/**/rl(/evil)"></rect>`, '', 'style='],
    [`<rect fill="url('/evil')"></rect>`, '', 'fill='],
    [`<rect fill="URL ( /evil )"></rect>`, '', 'fill='],
    [`<rect style="fill:red;@import '/evil'"></rect>`, '', 'style='],
    ['<animate attributeName="href" to="javascript:alert(1)"></animate>', '', '<animate>'],
    ['<set attributeName="onload" to="alert(1)"></set>', '', '<set>'],
    ['', ' xmlns:x="http://www.w3.org/1999/xhtml"', 'xmlns:x='],
    ['<x:script xmlns:x="http://www.w3.org/2000/svg">alert(1)</x:script>', '', '<x:script>'],
  ] as const)
    test(`is left without ${removed} of ${inner}${attributes}`, async () => {
      const plain = await plainSvg(svg(inner, attributes));
      assert.deepEqual(plain?.removed, [removed]);
      assert.doesNotMatch(plain?.svg ?? '', /script|alert|evil|onload|onclick|xhtml/i);
    });

  for (const text of [
    '',
    'a logo',
    '<html></html>',
    '<svg><g></svg>',
    '<!DOCTYPE svg [<!ENTITY a "x">]><svg>&a;</svg>',
    '<svg><title><![CDATA[<script>alert(1)</script>]]></title></svg>',
    '<svg></svg><svg></svg>',
  ])
    test(`is not ${JSON.stringify(text)}`, async () => assert.equal(await plainSvg(text), undefined));

  test('holds no markup but its own, whatever stands in its texts and attributes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string(), async (text, value) => {
        const plain = await plainSvg(svg(`<title>${text}</title><g id="${value}"></g>`));
        if (plain === undefined) return;
        const own = ['svg', 'title', 'g', 'defs', 'desc', 'text', 'path', 'rect'].join('|');
        assert.doesNotMatch(plain.svg.replaceAll(new RegExp(`</?(${own})[ >]`, 'g'), ''), /<[a-z/!?]/i);
        assert.equal((await plainSvg(plain.svg))?.svg, plain.svg);
      }),
    );
  });
});
