// What is typed in a long form stays on this device until it is saved: a browser that closes loses nothing.
// Kept by whose it is and where the form goes; gone once it was saved, two weeks later, and at signing out (comfort.js).
const TERM = 14 * 24 * 60 * 60 * 1000
const SENT = 'draft-sent'
const offerOf = (form) => form?.querySelector('[data-draft-offer]')
const boxesOf = (form) => {
  const left = offerOf(form).dataset.draftBut.split(' ')
  return [...form.elements].filter((each) => each.id && each.name && !left.includes(each.name) && !['hidden', 'file', 'password', 'submit', 'button'].includes(each.type))
}
const isTicked = (box) => ['checkbox', 'radio'].includes(box.type)
const asItStands = (form) => Object.fromEntries(boxesOf(form).map((each) => [each.id, isTicked(each) ? each.checked : each.value]))
// A path may be somebody's link, which lies nowhere: a number stands for it, and for whose page it is.
const numberOf = (text) => [...text].reduce((sum, each) => (Math.imul(sum, 31) + each.charCodeAt(0)) | 0, 7)
const here = numberOf(location.pathname)
const keyOf = (form) => `draft:${numberOf(`${offerOf(form).dataset.draftOffer} ${form.getAttribute('action') || location.pathname}`)}:${form.querySelector('textarea')?.id}`
const read = (key) => { try { return JSON.parse(localStorage.getItem(key)) } catch { return null } }
const write = (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)) } catch { /* no room, or not allowed: the form works as ever */ } }
const forget = (key) => { try { localStorage.removeItem(key) } catch { /* as above */ } }
const isSentBack = () => 'sentBack' in document.body.dataset
const isLeaving = () => document.querySelector('form[action$="/sign-out"][data-sent]')
const differs = (kept, form) => JSON.stringify(kept.values) !== JSON.stringify(asItStands(form))
// Of a form that was sent back the server had it all, and may have filled in more: only what was typed and is gone is worth offering.
const misses = (kept, form) => {
  const stands = asItStands(form)
  return Object.keys(stands).some((id) => kept.values[id] && kept.values[id] !== stands[id])
}

const keep = (form) => { if (!isLeaving()) write(keyOf(form), { at: Date.now(), values: asItStands(form) }) }
const drop = (form) => {
  const key = keyOf(form)
  forget(key)
  if (read(SENT)?.key === key) forget(SENT)
  offerOf(form).hidden = true
}

// A form was saved when another page follows, or the same one that says so. What answers a form itself refused it or asks on.
const forgetWhatWasSaved = () => {
  const sent = read(SENT)
  if (!sent || isSentBack() || document.querySelector('.messages > .utrecht-alert--error')) return
  if (sent.page === here && !document.querySelector('.messages > .utrecht-alert--ok')) return
  forget(sent.key)
  forget(SENT)
}
const forgetWhatIsOld = () => {
  let keys = []
  try { keys = Object.keys(localStorage) } catch { /* a browser that keeps nothing has no drafts */ }
  for (const key of keys.filter((each) => each.startsWith('draft:'))) if (!(read(key)?.at > Date.now() - TERM)) forget(key)
}

const restore = (form) => {
  const values = read(keyOf(form))?.values ?? {}
  for (const each of boxesOf(form)) {
    if (!(each.id in values)) continue
    if (isTicked(each)) each.checked = values[each.id]
    else each.value = values[each.id]
  }
  offerOf(form).hidden = true
  boxesOf(form)[0].focus()
}

forgetWhatWasSaved()
forgetWhatIsOld()
const opened = new Map()
for (const offer of document.querySelectorAll('[data-draft-offer]')) {
  const form = offer.closest('form')
  const kept = read(keyOf(form))
  opened.set(form, JSON.stringify(asItStands(form)))
  if (kept && (isSentBack() ? misses : differs)(kept, form)) offer.hidden = false
  else if (!isSentBack()) drop(form)
}

const later = new WeakMap()
const gone = new WeakSet()
document.addEventListener('input', ({ target }) => {
  const { form } = target
  if (!offerOf(form)) return
  clearTimeout(later.get(form))
  later.set(form, setTimeout(() => keep(form), 300))
})
window.addEventListener('pagehide', () => {
  for (const [form, was] of opened) if (form.isConnected && !gone.has(form) && JSON.stringify(asItStands(form)) !== was) keep(form)
})
window.addEventListener('pageshow', () => opened.forEach((_, form) => gone.delete(form)))
document.addEventListener('submit', ({ target: form, submitter }) => {
  if (!offerOf(form) || submitter?.formTarget) return
  clearTimeout(later.get(form))
  keep(form)
  gone.add(form)
  write(SENT, { key: keyOf(form), page: here })
})
document.addEventListener('htmx:afterRequest', ({ detail: { elt, successful, requestConfig } }) => {
  // Sent from within the page, which stays: the answer says at once whether it was saved.
  if (requestConfig.verb !== 'post' || !offerOf(elt)) return
  if (successful) drop(elt)
  else {
    forget(SENT)
    gone.delete(elt)
  }
})
document.addEventListener('click', ({ target }) => {
  if (target.matches('[data-draft-restore]')) restore(target.form)
  if (target.matches('[data-draft-drop]')) drop(target.form)
})
