// Door mode: the list is on the phone, a tap is kept before it is shown, and goes to the site when it can.
// What holds follows from which taps there are (app/attendance/taps.py says the same on the site).
const door = document.getElementById('deur')
const words = document.getElementById('woorden').dataset
const { slug } = door.dataset
// The phone may have kept this page on another day of the session: the address says which day it is of, else the calendar.
const days = door.dataset.days.split(' ')
const today = new Intl.DateTimeFormat('en-CA', { timeZone: door.dataset.zone }).format(new Date())
const on = [new URLSearchParams(location.search).get('on'), today].find((day) => days.includes(day)) ?? door.dataset.on
for (const link of document.querySelectorAll('[data-day]')) {
  if (link.dataset.day === on) link.setAttribute('aria-current', 'page')
  else link.removeAttribute('aria-current')
}
const SHOWN = 40
const A_DAY = 24 * 60 * 60 * 1000
const EVERY = 5000
const at = (id) => document.getElementById(id)
const say = (text, filled = {}) => text.replace(/\{(\w+)\}/g, (whole, name) => filled[name] ?? whole)
const fold = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
const hour = (moment) => new Intl.DateTimeFormat(door.dataset.language, { timeZone: door.dataset.zone, hour: '2-digit', minute: '2-digit', hour12: false }).format(moment).replace(':', '.')
const newId = () => crypto.randomUUID().replaceAll('-', '')

// What is kept: one list per session and day, and the taps and walk-ins that the site does not have yet.
const opened = new Promise((done, failed) => {
  const asked = indexedDB.open('door', 1)
  asked.onupgradeneeded = () => {
    asked.result.createObjectStore('lists', { keyPath: 'key' })
    asked.result.createObjectStore('unsent', { keyPath: 'id' })
  }
  asked.onsuccess = () => done(asked.result)
  asked.onerror = () => failed(asked.error)
})
const keep = async (store, act, mode = 'readwrite') => {
  const transaction = (await opened).transaction(store, mode, { durability: 'strict' })
  const asked = act(transaction.objectStore(store))
  return new Promise((done, failed) => {
    transaction.oncomplete = () => done(asked?.result)
    transaction.onerror = transaction.onabort = () => failed(transaction.error)
  })
}
const all = (store) => keep(store, (rows) => rows.getAll(), 'readonly')

const KEY = `${slug} ${on}`
let people = new Map()
let unsent = []
let list = { key: KEY, loaded: 0, at: 0, ahead: 0, open: false, waiting: 0, people: [] }
let csrf = ''
let inTouch = false
let clockOff = false
let unknown = []
let refused = ''
let leaving = false

const now = () => Date.now() + list.ahead
const readPerson = ([number, name, organisation, standing, mode, code, taps]) => ({
  number, name, organisation, standing, mode, code, key: fold(`${name} ${organisation}`),
  taps: taps.map(([id, present, how, moment, by]) => ({ id, present, mode: how, at: moment, by, seen: [] })),
})
const isMine = (entry) => entry.slug === slug && entry.day === on

// The taps about somebody that no other answers; the site's, and ours that it does not have yet.
const holds = (person) => {
  const own = unsent.filter((tap) => tap.number === person.number)
  if (!own.length) return person.taps
  const known = new Map([...person.taps, ...own].map((tap) => [tap.id, tap]))
  const answered = new Set([...known.values()].flatMap((tap) => tap.seen))
  return [...known.values()].filter((tap) => !answered.has(tap.id)).sort((one, other) => one.at - other.at || (one.id < other.id ? -1 : 1))
}
const verdict = (person) => {
  const taps = holds(person)
  return { taps, first: taps.find((tap) => tap.present), differs: new Set(taps.map((tap) => `${tap.present} ${tap.present && tap.mode}`)).size > 1 }
}

const button = (text, name, press, primary) => {
  const made = document.createElement('button')
  made.type = 'button'
  made.className = primary ? 'utrecht-button utrecht-button--primary-action' : 'link'
  made.textContent = text
  made.setAttribute('aria-label', name)
  made.addEventListener('click', press)
  return made
}
const badge = (box, text, tone) => {
  box.textContent = text
  box.className = `badge badge--${tone}`
  box.hidden = false
}
const drawActs = (person, { first, differs }) => {
  const name = { naam: person.name }
  const isIn = () => button(words.present, say(words.presentName, name), (event) => tap(person, true, person.mode, event), true)
  if (differs) return [isIn(), button(words.absent, say(words.absentName, name), (event) => tap(person, false, person.mode, event))]
  if (first) return [button(words.undo, say(words.undoName, name), (event) => tap(person, false, first.mode, event))]
  const other = door.dataset.modes.split(' ').find((mode) => mode !== person.mode)
  const elsewhere = other && button(other === 'online' ? words.online : words.onSite, `${person.name} ${other === 'online' ? words.online : words.onSite}`, (event) => tap(person, true, other, event))
  return elsewhere ? [elsewhere, isIn()] : [isIn()]
}
const drawRow = (person) => {
  const row = at('rij').content.firstElementChild.cloneNode(true)
  const judged = verdict(person)
  row.dataset.number = person.number
  row.classList.toggle('is-present', Boolean(judged.first))
  row.querySelector('strong').textContent = person.name
  row.querySelector('.quiet').textContent = person.organisation
  const mark = row.querySelector('.badge')
  if (judged.differs) {
    const said = judged.taps.map((tap) => say(tap.present ? words.saysIn : words.saysOut, { uur: hour(tap.at) }) + (tap.by ? ` ${say(words.by, { wie: tap.by })}` : ''))
    badge(mark, `${words.differs}: ${said.join('; ')}`, 'amber')
  } else if (judged.first) badge(mark, `✓ ${say(words.at, { uur: hour(judged.first.at) })}`, 'green')
  else if (person.standing) badge(mark, person.standing, 'quiet')
  if (list.open) row.querySelector('.doen').append(...drawActs(person, judged))
  return row
}
const found = () => {
  const sought = fold(at('q').value).split(/\s+/).filter(Boolean)
  const everybody = [...people.values()]
  if (!sought.length) return everybody.filter((person) => !person.standing || verdict(person).first)
  return everybody.filter((person) => sought.every((word) => person.key.includes(word)))
}
const drawRows = () => {
  const focused = document.activeElement?.closest?.('#rijen li')?.dataset.number
  const shown = found()
  at('rijen').replaceChildren(...shown.slice(0, SHOWN).map(drawRow))
  at('meer').hidden = shown.length <= SHOWN
  at('niemand').hidden = shown.length > 0 || !list.loaded
  at('niemand').textContent = at('niemand').dataset[at('q').value.trim() ? 'sought' : 'yet']
  if (focused) at('rijen').querySelector(`[data-number="${focused}"] button`)?.focus()
}
const drawCounts = () => {
  let present = 0, expected = 0, differing = 0
  for (const person of people.values()) {
    const { first, differs } = person.taps.length || unsent.length ? verdict(person) : {}
    present += Boolean(first)
    expected += Boolean(first || !person.standing)
    differing += Boolean(differs)
  }
  const figure = document.createElement('strong')
  figure.textContent = present
  at('teller').replaceChildren(figure, ` ${say(words.count, { aantal: expected })}`, differing ? ` · ${say(words.differing, { aantal: differing })}` : '')
  at('wachtrij').hidden = !list.waiting
  at('wachtrij').firstElementChild.textContent = say(words.waiting, { aantal: list.waiting })
}
const set = (box, text) => { if (box.textContent !== text) box.textContent = text }
const drawState = () => {
  let text = list.loaded ? say(inTouch ? words.fresh : words.offline, { uur: hour(list.at) }) : words.none
  if (list.loaded && !list.open) text += ` ${words.closed}`
  if (clockOff) text += ` ${words.clock}`
  set(at('verbinding'), text)
  at('onverzonden').hidden = !unsent.length
  set(at('onverzonden').querySelector('summary'), say(unsent.length === 1 ? words.unsentOne : words.unsent, { aantal: unsent.length }))
  at('onverzonden').querySelector('ul').replaceChildren(...unsent.map((entry) => {
    const line = document.createElement('li')
    const what = entry.number === undefined ? '' : say(entry.present ? words.saysIn : words.saysOut, { uur: hour(entry.at) })
    line.textContent = [entry.name ?? nameOf(entry), what].filter(Boolean).join(', ')
    return line
  }))
  const wrong = refused || (unknown.length ? say(words.unknown, { namen: unknown.map(nameOf).join(', ') }) : '')
  at('weg').hidden = !wrong
  set(at('weg').firstElementChild, wrong)
}
const nameOf = (entry) => people.get(entry.number)?.name ?? words.number
const draw = () => { drawRows(); drawCounts(); drawState() }

// The rest of the site hears that there is something to send, before one signs out (comfort.js); so does this page of other doors.
const tellOthers = async () => {
  const rest = await all('unsent')
  const [mine, others] = [true, false].map((own) => rest.filter((entry) => isMine(entry) === own))
  const address = (entry) => `${door.dataset.scope.replace(slug, entry.slug)}?on=${entry.day}`
  if (rest.length) localStorage.setItem('door-unsent', address(mine[0] ?? others[0]))
  else localStorage.removeItem('door-unsent')
  at('elders').hidden = !others.length
  if (!others.length) return
  at('elders').firstElementChild.href = address(others[0])
  at('elders').firstElementChild.textContent = say(words.elsewhere, { aantal: others.length })
}

// A tap: kept on the phone first, then shown, then sent.
const tap = async (person, present, mode, event) => {
  const begun = event?.timeStamp ?? performance.now()
  const entry = { id: newId(), slug, day: on, number: person.number, present, mode, seen: holds(person).map((each) => each.id), at: now() }
  await keep('unsent', (rows) => rows.add(entry))
  unsent.push(entry)
  const old = at('rijen').querySelector(`[data-number="${person.number}"]`)
  const row = drawRow(person)
  old?.replaceWith(row)
  drawCounts()
  drawState()
  tellOthers()
  if (event) row.querySelector('button')?.focus()
  requestAnimationFrame(() => performance.measure('tap', { start: begun }))
  sync()
}

// In touch with the site: send what is unsent, then ask who changed. One round at a time.
const ask = async (address, options = {}) => {
  const answer = await fetch(address, { ...options, redirect: 'manual', cache: 'no-store', signal: AbortSignal.timeout(10000) })
  if (answer.type === 'opaqueredirect' || [401, 403, 404].includes(answer.status)) {
    await forgetNames()
    leaving = true
    location.assign(answer.type === 'opaqueredirect' ? door.dataset.signIn : door.dataset.home)
    throw new Error('no longer let in')
  }
  return answer
}
const send = async () => {
  const batch = unsent.filter(isMine).slice(0, 200)
  if (!batch.length) return false
  const isTap = (entry) => entry.number !== undefined
  const body = JSON.stringify({ day: on, at: now(), taps: batch.filter(isTap), walk_ins: batch.filter((entry) => !isTap(entry)) })
  const answer = await ask(door.dataset.taps, { method: 'POST', body, headers: { 'Content-Type': 'application/json', 'X-CSRFToken': csrf } })
  if (answer.status === 409) {
    refused = (await answer.json()).refused
    return false
  }
  if (!answer.ok) {
    csrf = ''
    throw new Error(answer.status)
  }
  const done = await answer.json()
  refused = ''
  clockOff = done.clock_off
  await letGo(new Set(done.kept), new Set(done.unknown))
  return await send() || true
}
// What the site has is ours no longer; about whom it does not know stays in sight until somebody saw it.
const letGo = async (kept, strange) => {
  for (const person of people.values()) if (unsent.some((entry) => kept.has(entry.id) && entry.number === person.number)) person.taps = holds(person)
  unknown.push(...unsent.filter((entry) => strange.has(entry.id) && !unknown.some((each) => each.id === entry.id)))
  unsent = unsent.filter((entry) => !kept.has(entry.id) && !strange.has(entry.id))
  await keep('unsent', (rows) => kept.forEach((id) => rows.delete(id)))
  await tellOthers()
}
const load = async () => {
  const whole = !list.loaded || now() - list.whole > 10 * 60 * 1000
  const since = whole ? '' : `&since=${new Date(list.at).toISOString()}`
  const answer = await ask(`${door.dataset.list}?on=${on}${since}`)
  if (!answer.ok) throw new Error(answer.status)
  const got = await answer.json()
  csrf = got.csrf
  list.ahead = got.at - Date.now()
  if (got.whole) [list.whole, list.loaded, people] = [got.at, Date.now(), new Map()]
  Object.assign(list, { at: got.at, open: got.open, waiting: got.waiting })
  for (const row of got.people) people.set(row[0], readPerson(row))
  list.people = [...people.values()]
  await keep('lists', (rows) => rows.put(list))
}
let busy = false
let again = false
const sync = async () => {
  if (busy) { again = true; return }
  busy = true
  try {
    const first = !csrf
    if (first) await load()
    if (await send() || !first) await load()
    inTouch = true
  } catch { inTouch = false }
  busy = false
  if (again) { again = false; return sync() }
  draw()
}

// Names stay a day, and go when one signed out; taps carry numbers and no names, and stay until they are sent.
const forgetNames = async () => {
  people = new Map()
  await keep('lists', (rows) => rows.clear())
}
const begin = async () => {
  door.hidden = false
  at('q').focus()
  if (!window.isSecureContext) set(at('zeg'), words.unsafe)
  const kept = await all('lists')
  const old = kept.filter((each) => Date.now() - each.loaded > A_DAY)
  await keep('lists', (rows) => old.forEach((each) => rows.delete(each.key)))
  unsent = (await all('unsent')).filter(isMine)
  await tellOthers()
  const mine = kept.find((each) => each.key === KEY && !old.includes(each))
  if (mine) {
    list = mine
    people = new Map(mine.people.map((person) => [person.number, person]))
    draw()
  } else set(at('verbinding'), old.some((each) => each.key === KEY) ? words.old : '')
  await sync()
  setInterval(() => { if (!document.hidden || unsent.length) sync() }, EVERY)
}
addEventListener('online', sync)
addEventListener('beforeunload', (event) => { if (unsent.length && !leaving) event.preventDefault() })

at('zoek').addEventListener('submit', (event) => event.preventDefault())
at('q').addEventListener('input', drawRows)
at('weg').querySelector('button').addEventListener('click', async () => {
  const seen = refused ? unsent.splice(0) : unknown.splice(0)
  refused = ''
  await keep('unsent', (rows) => seen.forEach((entry) => rows.delete(entry.id)))
  await tellOthers()
  draw()
})
at('nieuw').querySelector('form').addEventListener('submit', async (event) => {
  event.preventDefault()
  const [name, organisation] = [at('nieuw-naam'), at('nieuw-organisatie')]
  name.setAttribute('aria-invalid', String(!name.value.trim()))
  if (!name.value.trim()) {
    set(at('zeg'), words.nameNeeded)
    name.focus()
    return
  }
  const entry = { id: newId(), slug, day: on, name: name.value.trim(), organisation: organisation.value.trim(), mode: door.dataset.modes.split(' ')[0], at: now() }
  await keep('unsent', (rows) => rows.add(entry))
  unsent.push(entry)
  set(at('zeg'), say(words.kept, { naam: entry.name }))
  event.target.reset()
  at('nieuw').open = false
  at('q').focus()
  drawState()
  tellOthers()
  sync()
})

// A code says an address that ends in a token; the list knows it by its print alone.
const printOf = async (token) => {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('').slice(0, 16)
}
const readCode = async (text) => {
  const token = text.match(/\/c\/([a-z2-7]+)$/i)?.[1].toLowerCase()
  const print = token && await printOf(token)
  const person = print && [...people.values()].find((each) => each.code === print)
  if (!person) return set(at('zeg'), words.codeUnknown)
  const there = verdict(person).first
  at('q').value = person.name
  drawRows()
  if (!there && list.open) await tap(person, true, person.mode)
  set(at('zeg'), say(there ? words.codeThere : words.codeIn, { naam: person.name }))
  navigator.vibrate?.(80)
}
let stream
const stopCamera = () => {
  stream?.getTracks().forEach((track) => track.stop())
  stream = undefined
  at('camera').hidden = true
}
const scan = async () => {
  const video = at('camera').querySelector('video')
  try {
    const { decodeQR } = await import(door.dataset.reader)
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
    video.srcObject = stream
    at('camera').hidden = false
    await video.play()
    const canvas = new OffscreenCanvas(1, 1)
    const pen = canvas.getContext('2d', { willReadFrequently: true })
    let last = ''
    while (stream) {
      const shrink = Math.min(1, 640 / video.videoWidth)
      Object.assign(canvas, { width: Math.round(video.videoWidth * shrink), height: Math.round(video.videoHeight * shrink) })
      pen.drawImage(video, 0, 0, canvas.width, canvas.height)
      try {
        const text = decodeQR(pen.getImageData(0, 0, canvas.width, canvas.height))
        if (text !== last) await readCode(text)
        last = text
      } catch { /* no code in this picture */ }
      await new Promise((done) => setTimeout(done, 150))
    }
  } catch {
    stopCamera()
    set(at('zeg'), words.noCamera)
  }
}
at('scan').addEventListener('click', () => { if (!stream) scan() })
at('scan-stop').addEventListener('click', stopCamera)

// The worker keeps this page and what it needs, for when it is opened without network.
const beReady = async () => {
  if (!navigator.serviceWorker) return
  await navigator.serviceWorker.register(door.dataset.worker, { scope: door.dataset.scope })
  const { active } = await navigator.serviceWorker.ready
  active.postMessage({ page: location.href, files: door.dataset.keep.split(' ') })
}
begin().then(beReady)
