// Keeps the page of one door, and the files that it needs, for when there is no network. Names are not in them.
const CACHE = `door ${new URL(self.registration.scope).pathname}`
const PATIENCE = 3000

self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))
self.addEventListener('message', (event) => event.waitUntil(keepPage(event.data)))
self.addEventListener('fetch', (event) => {
  const { origin, pathname } = new URL(event.request.url)
  if (origin !== location.origin || event.request.method !== 'GET') return
  if (event.request.mode === 'navigate' && pathname === new URL(self.registration.scope).pathname) event.respondWith(openPage(event.request))
  else if (pathname.startsWith('/static/')) event.respondWith(openFile(event.request))
})

const keepPage = async ({ page, files }) => {
  const cache = await caches.open(CACHE)
  const known = await Promise.all(files.map((file) => cache.match(file)))
  await cache.addAll(files.filter((file, place) => !known[place]))
  const answer = await fetch(page, { redirect: 'manual' })
  if (answer.ok) await cache.put(page, answer)
}
const openPage = async (request) => {
  const cache = await caches.open(CACHE)
  const kept = async () => (await cache.match(request)) ?? cache.match(request, { ignoreSearch: true })
  const asked = fetch(request).then((answer) => {
    if (answer.ok) cache.put(request, answer.clone())
    return answer
  })
  asked.catch(() => {})
  const late = new Promise((done) => setTimeout(done, PATIENCE)).then(kept)
  return (await Promise.race([asked.catch(kept), late])) ?? asked
}
const openFile = async (request) => (await caches.match(request)) ?? fetch(request)
