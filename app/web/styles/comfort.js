// Comfort only: every page works without this script.
document.documentElement.classList.add('has-script')

document.addEventListener('change', (event) => {
  const form = event.target.closest('form[data-submit-on-change]')
  if (form && event.target.matches('select, input[type=checkbox], input[type=radio]')) form.requestSubmit()
})

document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copy]')
  if (!button) return
  await navigator.clipboard.writeText(button.dataset.copy)
  button.textContent = button.dataset.copied
})

document.addEventListener('submit', (event) => {
  // A second press while the first is under way sends nothing twice.
  const form = event.target
  if (form.dataset.sent) event.preventDefault()
  else if (form.method === 'post') form.dataset.sent = '1'
})
window.addEventListener('pageshow', () => document.querySelectorAll('form[data-sent]').forEach((form) => delete form.dataset.sent))
