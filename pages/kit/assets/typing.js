// What is typed into a field is handed in as soon as the typing pauses, so that a reload finds it.
//
// Streamlit hands a text in when the field is left, or at a key: Ctrl+Enter in a field of several lines, Enter in one
// of a single line. That key is pressed here; not in a form, where it would send the form off.

const PAUSE_MS = 1000

let timer = 0
let waiting = null // the field whose text has not been handed in yet

function handIn() {
  const field = waiting
  clearTimeout(timer)
  waiting = null
  if (!field?.isConnected) return
  const ctrlKey = field instanceof HTMLTextAreaElement
  field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", code: "Enter", keyCode: 13, ctrlKey, bubbles: true, cancelable: true }))
}

const listened = (field) =>
  field instanceof HTMLTextAreaElement || (field.closest?.('[data-testid="stTextInput"]') && !field.closest('[data-testid="stForm"]'))

function typed({ target, isComposing }) {
  if (isComposing || !listened(target)) return
  clearTimeout(timer)
  waiting = target
  timer = setTimeout(handIn, PAUSE_MS)
}

/** Listen to every field of the page; components see to their own. */
export function handInWhatIsTyped() {
  document.addEventListener("input", typed)
  document.addEventListener("compositionend", typed)
  // Whoever turns to another tab or leaves has paused, too.
  document.addEventListener("visibilitychange", () => document.hidden && handIn())
  window.addEventListener("pagehide", handIn)
}
