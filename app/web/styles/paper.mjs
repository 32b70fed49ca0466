// The type of documents for what the site's own lacks: other alphabets, Chinese, Japanese and Korean, emoji.
// Slices of fonts as they are packed, each with the characters it has, in app/web/paper; a document takes those it needs.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'

const HANGUL = [[0x1100, 0x11ff], [0x3130, 0x318f], [0xa960, 0xa97f], [0xac00, 0xd7ff]]
const ranges = (text) => text.split(',').map((each) => each.trim().slice(2).split('-').map((code) => parseInt(code, 16))).map(([first, last]) => [first, last ?? first])
const within = (spans, limits) => spans.flatMap(([a, b]) => limits.map(([c, d]) => [Math.max(a, c), Math.min(b, d)])).filter(([a, b]) => a <= b)
const LATIN = new Set(['latin', 'latin-ext', 'vietnamese', 'cyrillic'])

export function collectPaper(modules, out) {
  rmSync(out, { recursive: true, force: true })
  mkdirSync(out, { recursive: true })
  const slices = []
  const add = (folder, file, weight, characters) => {
    if (!characters.length) return
    copyFileSync(join(modules, folder, 'files', file), join(out, file))
    slices.push({ file, weight, characters })
  }
  const characters = (folder) => Object.entries(JSON.parse(readFileSync(join(modules, folder, 'unicode.json'))))
  for (const [part, text] of characters('@fontsource/source-sans-3')) {
    if (part === 'latin') continue
    for (const weight of ['400', '700']) add('@fontsource/source-sans-3', `source-sans-3-${part}-${weight}-normal.woff2`, weight, ranges(text))
  }
  for (const folder of ['noto-sans-sc', 'noto-sans-kr', 'noto-emoji'].map((name) => `@fontsource-variable/${name}`)) {
    for (const [part, text] of characters(folder)) {
      const name = part.replace(/[[\]]/g, '')
      if (LATIN.has(name)) continue
      const spans = folder.endsWith('-kr') ? within(ranges(text), HANGUL) : ranges(text)
      add(folder, `${basename(folder)}-${name}-wght-normal.woff2`, '', spans)
    }
  }
  writeFileSync(join(out, 'slices.json'), JSON.stringify(slices))
}
