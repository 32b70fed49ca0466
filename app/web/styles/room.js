// In the room: full screen where the browser can, and a clock that counts down for who speaks.
const full = document.querySelector('[data-full]')
if (full && document.fullscreenEnabled) {
  full.hidden = false
  full.addEventListener('click', () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()))
}

const box = document.getElementById('klok')
const startClock = () => {
  const [face, words] = [box.querySelector('[role=timer]'), box.querySelector('[role=status]')]
  const [minutes, part, run] = [box.querySelector('#minuten'), box.querySelector('#deel'), box.querySelector('[data-run]')]
  // A page that is loaded again goes on where it was: the end is kept, or what was left when it paused.
  const kept = JSON.parse(sessionStorage.getItem('klok') ?? '{}')
  let { end = 0, left = minutes.value * 60000 } = kept
  const remaining = () => (end ? end - Date.now() : left)
  const show = () => {
    const seconds = Math.ceil(remaining() / 1000)
    const whole = Math.abs(seconds)
    face.textContent = `${seconds < 0 ? '−' : ''}${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
    box.classList.toggle('is-last', seconds <= 120 && seconds > 0)
    box.classList.toggle('is-over', seconds <= 0)
    const said = seconds <= 0 ? box.dataset.over : seconds <= 60 ? box.dataset.last : [2, 5].includes(Math.ceil(seconds / 60)) ? box.dataset.left.replace('{minuten}', Math.ceil(seconds / 60)) : ''
    if (words.textContent !== said) words.textContent = said
    run.textContent = end ? box.dataset.pause : box.dataset.start
  }
  const change = (newEnd, newLeft) => {
    [end, left] = [newEnd, newLeft]
    sessionStorage.setItem('klok', JSON.stringify({ end, left }))
    show()
  }
  const reset = () => change(0, Math.min(Math.max(minutes.value || 1, 1), 240) * 60000)
  run.addEventListener('click', () => (end ? change(0, remaining()) : change(Date.now() + left, left)))
  box.querySelector('[data-again]').addEventListener('click', reset)
  minutes.addEventListener('change', reset)
  part?.addEventListener('change', () => { if (part.value) { minutes.value = part.value; reset() } })
  box.hidden = false
  show()
  setInterval(show, 250)
}
if (box) startClock()
