// What is typed in a long form stays on this device until it is saved: a browser that closes loses nothing.
// Kept by account and page; gone once the form was saved (another page follows) and at signing out (comfort.js).
const keepDraft = (form) => {
  const offer = document.querySelector('[data-draft-offer]')
  const key = `draft:${form.dataset.draft}:${location.pathname}`
  const typed = () => [...form.elements].filter((each) => each.id && each.name && !['hidden', 'file', 'password', 'submit', 'button'].includes(each.type))
  const valueOf = (each) => (['checkbox', 'radio'].includes(each.type) ? each.checked : each.value)
  const asItStands = () => JSON.stringify(Object.fromEntries(typed().map((each) => [each.id, valueOf(each)])))
  const isLeaving = () => document.querySelector('form[action$="/sign-out"][data-sent]')
  const keep = () => { try { if (!isLeaving()) localStorage.setItem(key, asItStands()) } catch { /* no room, or not allowed: the form works as ever */ } }
  const drop = () => { localStorage.removeItem(key); offer.hidden = true }

  const opened = asItStands()
  const kept = localStorage.getItem(key)
  if (kept && kept !== opened) offer.hidden = false
  else drop()

  const restore = () => {
    const values = JSON.parse(kept)
    for (const each of typed()) {
      if (!(each.id in values)) continue
      if (['checkbox', 'radio'].includes(each.type)) each.checked = values[each.id]
      else each.value = values[each.id]
    }
    offer.hidden = true
    form.querySelector('input:not([type=hidden]), textarea').focus()
  }

  let later
  form.addEventListener('input', () => {
    clearTimeout(later)
    later = setTimeout(keep, 300)
  })
  window.addEventListener('pagehide', () => { if (asItStands() !== opened && !form.dataset.sent) keep() })
  form.addEventListener('submit', () => {
    clearTimeout(later)
    keep()
    try { localStorage.setItem('draft-sent', key) } catch { /* as above */ }
  })
  offer.querySelector('[data-draft-restore]').addEventListener('click', restore)
  offer.querySelector('[data-draft-drop]').addEventListener('click', drop)
}
const long = document.querySelector('form[data-draft]')
if (long) keepDraft(long)
