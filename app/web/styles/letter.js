// Writing a letter: buttons set the Markdown, and a field between brackets is kept or removed as a whole.
const body = document.getElementById('body')
const insertions = [...document.querySelectorAll('[data-insert]')]
const known = new Set(insertions.map((button) => button.dataset.insert.slice(1, -1)))

// A field lands in the part that was written in last.
document.addEventListener('focusin', (event) => {
  if (event.target.matches('.with-fields')) for (const button of insertions) button.dataset.into = event.target.id
})

const put = (box, text) => {
  box.focus()
  // The old command, since it is the only one that the browser's own undo takes back.
  if (!document.execCommand('insertText', false, text)) {
    box.setRangeText(text, box.selectionStart, box.selectionEnd, 'end')
    box.dispatchEvent(new Event('input', { bubbles: true }))
  }
}
const linesAt = (box) => {
  const start = box.value.lastIndexOf('\n', box.selectionStart - 1) + 1
  const end = box.value.indexOf('\n', box.selectionEnd)
  box.setSelectionRange(start, end < 0 ? box.value.length : end)
  return box.value.slice(start, box.selectionEnd)
}
const everyLine = (mark) => (box) => put(box, linesAt(box).split('\n').map((line) => mark + line).join('\n'))
const around = (before, after) => (box, words) => {
  const { selectionStart: start, selectionEnd: end } = box
  const chosen = box.value.slice(start, end) || words
  put(box, before + chosen + after)
  box.setSelectionRange(start + before.length, start + before.length + chosen.length)
}
const marks = { bold: around('**', '**'), heading: everyLine('## '), list: everyLine('- '), link: around('[', '](https://)') }
document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-mark]')
  if (button) marks[button.dataset.mark](body, button.dataset.words ?? button.textContent.toLowerCase())
})

const isField = (name) => known.has(name) || /^(als |anders\b|einde$)/.test(name)
const fieldsOf = (text) => [...text.matchAll(/\[([^[\]\n]+)\](?!\()/g)]
  .filter((found) => isField(found[1])).map((found) => [found.index, found.index + found[0].length])
let mending = false
document.addEventListener('beforeinput', (event) => {
  const box = event.target
  if (mending || !box.matches('.with-fields') || event.inputType.startsWith('history')) return
  let { selectionStart: start, selectionEnd: end } = box
  const removing = event.inputType.startsWith('delete')
  const alone = start === end
  if (removing && alone) event.inputType.endsWith('Forward') ? end++ : start--
  const touched = fieldsOf(box.value).filter(([begin, close]) => begin < end && close > start && (removing || begin < start || close > end))
  const inside = fieldsOf(box.value).find(([begin, close]) => alone && !removing && begin < start && close > start)
  if (inside) return box.setSelectionRange(inside[1], inside[1])
  if (!touched.length) return
  box.setSelectionRange(Math.min(start, touched[0][0]), Math.max(end, touched.at(-1)[1]))
  if (!removing) return
  event.preventDefault()
  mending = true
  document.execCommand('delete')
  mending = false
})
