// Builds app/web/static: one style sheet, purged of what no template uses; fonts, htmx, scripts and the pictures of the help;
// every file under a name with its content's digest, listed in manifest.json.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync, readdirSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { bundle, transform } from 'lightningcss'
import { PurgeCSS } from 'purgecss'
import { collectPaper } from './paper.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '..', '..', '..')
const out = join(here, '..', 'static')
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

rmSync(out, { recursive: true, force: true })
mkdirSync(out, { recursive: true })

for (const weight of [400, 700]) {
  const file = `source-sans-3-latin-${weight}-normal.woff2`
  publish(file, readFileSync(join(modules, '@fontsource/source-sans-3/files', file)))
}
collectPaper(modules, join(here, '..', 'paper'))
publish('htmx.js', readFileSync(join(modules, 'htmx.org/dist/htmx.min.js')))
publish('qr-code.js', readFileSync(join(modules, 'qr/index.js')))
publish('qr-read.js', readFileSync(join(modules, 'qr/decode.js'), 'utf8').replace('./index.js', `./${manifest['qr-code.js']}`))
for (const name of readdirSync(here).filter((each) => /\.(js|svg)$/.test(each))) publish(name, readFileSync(join(here, name)))
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
console.log(`styles: ${(code.length / 1024).toFixed(1)} KB`)
