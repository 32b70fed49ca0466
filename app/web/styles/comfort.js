// Comfort only: every page works without this script.
document.documentElement.classList.add('has-script')

document.addEventListener('change', (event) => {
  const form = event.target.closest('form[data-submit-on-change]')
  if (form && event.target.matches('select, input[type=checkbox], input[type=radio]')) form.requestSubmit()
})

// What a day that is chosen falls on is said below it.
document.addEventListener('change', async ({ target }) => {
  if (!target.dataset.says) return
  const answer = await fetch(`${target.dataset.says}?${new URLSearchParams([[target.name, target.value]])}`)
  if (answer.ok && !answer.redirected) document.getElementById(`${target.id}-said`).innerHTML = await answer.text()
})

// The menu goes away as people expect of one: by a press beside it, or by Escape.
const closeMenu = (event) => {
  const menu = document.querySelector('[data-menu][open]')
  if (!menu || (event.type === 'click' && menu.contains(event.target))) return
  if (event.type === 'keydown' && event.key !== 'Escape') return
  menu.open = false
  if (event.type === 'keydown') menu.querySelector('summary').focus()
}
for (const name of ['click', 'keydown']) document.addEventListener(name, closeMenu)

document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copy]')
  if (!button) return
  await navigator.clipboard.writeText(button.dataset.copy)
  button.textContent = button.dataset.copied
})

document.addEventListener('keydown', (event) => {
  const form = event.target.closest('form[data-send-on-ctrl-enter]')
  if (form && event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit()
})
document.addEventListener('htmx:afterSwap', (event) => event.target.querySelector('form[data-send-on-ctrl-enter] textarea')?.focus())

// One search box, keyboard first: / goes there, the arrows walk through what was found.
document.addEventListener('keydown', (event) => {
  const typing = event.target.closest('input, textarea, select, [contenteditable]')
  if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const box = document.querySelector('#zoek, [data-search]')
    if (!box) return
    event.preventDefault()
    box.focus()
    box.select()
  }
  const results = document.getElementById(document.querySelector('[data-results]')?.dataset.results)
  if (!results || !['ArrowDown', 'ArrowUp'].includes(event.key)) return
  const links = [document.querySelector('[data-results]'), ...results.querySelectorAll('a')]
  const now = links.indexOf(document.activeElement)
  const next = links[now + (event.key === 'ArrowDown' ? 1 : -1)]
  if (now < 0 || !next) return
  event.preventDefault()
  next.focus()
})

// A letter: a field lands where the cursor is, and the example follows what is typed.
document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-insert]')
  if (!button) return
  const box = document.getElementById(button.dataset.into)
  box.setRangeText(button.dataset.insert, box.selectionStart, box.selectionEnd, 'end')
  box.focus()
  box.dispatchEvent(new Event('input', { bubbles: true }))
})
let soon
for (const name of ['input', 'change']) {
  document.addEventListener(name, (event) => {
    const form = event.target.closest('form[data-preview]')
    if (!form) return
    clearTimeout(soon)
    soon = setTimeout(() => form.requestSubmit(form.querySelector('[data-preview-button]')), 500)
  })
}

// A file that is larger than anybody may send is said so when it is chosen, and not sent.
const tooLarge = (field) => field.files[0]?.size > Number(field.dataset.most)
document.addEventListener('change', ({ target }) => {
  if (!target.dataset.most) return
  document.getElementById(`${target.id}-large`)?.remove()
  if (!tooLarge(target)) return
  target.insertAdjacentHTML('beforebegin', `<div class="utrecht-form-field-error-message" id="${target.id}-large" role="alert"></div>`)
  target.previousElementSibling.textContent = target.dataset.tooLarge
})
document.addEventListener('submit', (event) => {
  const field = [...event.target.querySelectorAll('[data-most]')].find(tooLarge)
  if (!field) return
  event.preventDefault()
  event.stopImmediatePropagation()
  field.focus()
})

document.addEventListener('submit', (event) => {
  // A second press while the first is under way sends nothing twice.
  const form = event.target
  if (event.submitter?.formTarget) return
  if (form.dataset.sent) event.preventDefault()
  else if (form.method === 'post') form.dataset.sent = '1'
})
// A tap that did not arrive may be tried again.
for (const name of ['htmx:sendError', 'htmx:timeout', 'htmx:responseError', 'htmx:afterRequest']) {
  document.addEventListener(name, (event) => {
    const form = event.target.closest('form')
    if (form) delete form.dataset.sent
    const failed = name !== 'htmx:afterRequest' || event.detail.failed || !event.detail.xhr.status
    document.querySelectorAll('[data-offline]').forEach((notice) => { notice.hidden = !failed })
  })
}
window.addEventListener('pageshow', () => document.querySelectorAll('form[data-sent]').forEach((form) => delete form.dataset.sent))

// What renews itself is not swapped in under a finger, nor when something newer stands there: it is asked for again.
const renewed = '[hx-trigger*=again]'
const stands = new WeakMap()
const waiting = new Set()
let pressed = null
const askAgain = () => setTimeout(() => {
  if (pressed || document.querySelector('.htmx-request')) return
  for (const element of waiting) htmx.trigger(element, 'again')
  waiting.clear()
})
document.addEventListener('pointerdown', (event) => { pressed = event.target })
for (const name of ['pointerup', 'pointercancel']) {
  // A touch becomes a click a moment after the finger has gone.
  document.addEventListener(name, () => setTimeout(() => { pressed = null; askAgain() }, 300))
}
document.addEventListener('htmx:beforeRequest', ({ detail }) => { detail.requestConfig.askedAt = performance.now() })
document.addEventListener('htmx:beforeSwap', ({ detail }) => {
  const { target, requestConfig: { elt, askedAt } } = detail
  if (elt.matches('[hx-trigger^=every]') && target.querySelector('.tick:checked')) {
    // What is ticked stands still.
    detail.shouldSwap = false
  } else if (!elt.matches(renewed)) {
    const around = target.closest(renewed)
    if (around) stands.set(around, performance.now())
  } else if (target.contains(pressed) || target.querySelector('form.htmx-request') || askedAt < stands.get(target)) {
    detail.shouldSwap = false
    waiting.add(elt)
  } else stands.set(target, askedAt)
})
document.addEventListener('htmx:afterRequest', askAgain)

// Taps at the door that were not sent yet would go with who signs out: back to where they are in sight.
document.addEventListener('submit', (event) => {
  const door = localStorage.getItem('door-unsent')
  if (!door || !event.target.action.endsWith('/sign-out')) return
  event.preventDefault()
  location.assign(door)
}, true)

// Drafts of long forms: drafts.js forgets one that was saved, which any page may be the one to say; at signing out all go.
try {
  if (localStorage.getItem('draft-sent') && !document.querySelector('[data-draft-offer]')) import(document.querySelector('meta[name=drafts]').content)
  document.querySelector('form[action$="/sign-out"]')?.addEventListener('submit', (event) => {
    if (event.defaultPrevented) return
    Object.keys(localStorage).filter((key) => key.startsWith('draft')).forEach((key) => localStorage.removeItem(key))
  })
} catch { /* a browser that keeps nothing has no drafts */ }
