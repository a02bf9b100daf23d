/**
 * What every template's style sheet begins with. `Inter` is for text, class `figures` for numbers in columns, `Vazirmatn`
 * for Persian.
 *
 * - The browser would lay the document out for a screen first; hiding it there saves a third of the time.
 * - Glyphs that a font substitutes (Inter's tabular figures and contextual forms) have no characters of their own, so a
 *   PDF would show them but nobody could search, copy or hear them. Hence no contextual forms, and columns of figures in
 *   IBM Plex Sans, whose plain figures are all of one width.
 */
export const baseStyles = `
@media screen { body { display: none } }
* { box-sizing: border-box }
html { -webkit-print-color-adjust: exact; print-color-adjust: exact; font-variant-ligatures: none; font-variant-numeric: normal }
body { margin: 0; font-family: Inter, Vazirmatn, sans-serif }
.figures { font-family: 'IBM Plex Sans', Inter, Vazirmatn, sans-serif }
`;
