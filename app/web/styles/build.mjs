// Builds app/web/static: one style sheet, purged of what no template uses; fonts, htmx, scripts and the pictures of the help;
// every file under a name with its content's digest, listed in manifest.json. They are made aside and put in place
// together, so that a server that begins meanwhile finds all of them, whole.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync, readdirSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { bundle, transform } from 'lightningcss'
import { PurgeCSS } from 'purgecss'
import { collectPaper } from './paper.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '..', '..', '..')
const place = join(here, '..', 'static')
const out = `${place}.new`
const before = `${place}.old`
const pictures = join(root, 'app', 'help', 'pictures')
const modules = join(root, 'node_modules')
const manifest = {}

const publish = (name, content) => {
  const digest = createHash('sha256').update(content).digest('hex').slice(0, 10)
  const stem = basename(name, extname(name))
  manifest[name] = `${stem}.${digest}${extname(name)}`
  writeFileSync(join(out, manifest[name]), content)
  if (['.woff2', '.webp'].includes(extname(name))) return
  writeFileSync(join(out, manifest[name] + '.br'), brotliCompressSync(content))
  writeFileSync(join(out, manifest[name] + '.gz'), gzipSync(content, { level: 9 }))
}

for (const folder of [out, before]) rmSync(folder, { recursive: true, force: true })
mkdirSync(out, { recursive: true })

for (const weight of [400, 700]) {
  const file = `source-sans-3-latin-${weight}-normal.woff2`
  publish(file, readFileSync(join(modules, '@fontsource/source-sans-3/files', file)))
}
collectPaper(modules, join(here, '..', 'paper'))
// A page loads one script: comfort alone, with what writing takes, or with htmx before it. Each part keeps its names to itself.
const part = (name) => readFileSync(join(here, name), 'utf8').replace(/^\s*(\/\/.*)?\n/gm, '').replace(/^ +/gm, '')
const joined = (...names) => names.map((name) => `{\n${part(name)}}\n`).join('')
const htmx = readFileSync(join(modules, 'htmx.org/dist/htmx.min.js'), 'utf8')
publish('htmx.js', htmx)
publish('comfort.js', joined('comfort.js'))
publish('writing.js', joined('comfort.js', 'drafts.js', 'letter.js'))
publish('live.js', `${htmx}\n${joined('comfort.js')}`)
publish('qr-code.js', readFileSync(join(modules, 'qr/index.js')))
publish('qr-read.js', readFileSync(join(modules, 'qr/decode.js'), 'utf8').replace('./index.js', `./${manifest['qr-code.js']}`))
const alone = readdirSync(here).filter((each) => /\.(js|svg)$/.test(each) && !['comfort.js', 'letter.js'].includes(each))
for (const name of alone) publish(name, readFileSync(join(here, name)))
for (const name of readdirSync(pictures).filter((each) => each.endsWith('.webp'))) publish(name, readFileSync(join(pictures, name)))

const bundled = bundle({ filename: join(here, 'leerkring.css'), minify: false, targets: { chrome: 100 << 16, firefox: 100 << 16, safari: (15 << 16) | (4 << 8) } })
const named = bundled.code.toString().replace(/url\("?([\w-]+\.woff2)"?\)/g, (whole, file) => `url("${manifest[file]}")`)
const [purged] = await new PurgeCSS().purge({
  content: [join(root, 'templates/**/*.html'), join(here, '*.js')],
  css: [{ raw: named }],
  safelist: { standard: [/^htmx-/, /^tile--/, /^network--/, /^badge--/, /^is-/, /^status--/, /^face--/] },
  variables: true,
})
const { code } = transform({ filename: 'leerkring.css', code: Buffer.from(purged.css), minify: true })
publish('leerkring.css', code)
writeFileSync(join(out, 'manifest.json'), JSON.stringify(manifest, null, 1))
if (existsSync(place)) renameSync(place, before)
renameSync(out, place)
rmSync(before, { recursive: true, force: true })
console.log(`styles: ${(code.length / 1024).toFixed(1)} KB`)
