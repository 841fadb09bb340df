// Text typed into a field is submitted as soon as typing pauses, so that a reload finds it.
//
// Streamlit submits a text when the field loses focus, or on a key: Ctrl+Enter in a multi-line field, Enter in a
// single-line one. That key is pressed here, but not in a form, where it would submit the form.

const PAUSE_MS = 1000

let timer = 0
let waiting = null // the field whose text has not been submitted yet

function handIn() {
  const field = waiting
  clearTimeout(timer)
  waiting = null
  if (!field?.isConnected) return
  const ctrlKey = field instanceof HTMLTextAreaElement
  field.dispatchEvent(
    new KeyboardEvent("keydown", {
      key: "Enter",
      code: "Enter",
      keyCode: 13,
      ctrlKey,
      bubbles: true,
      cancelable: true,
    }),
  )
}

const listened = (field) =>
  field instanceof HTMLTextAreaElement ||
  (field.closest?.('[data-testid="stTextInput"]') && !field.closest('[data-testid="stForm"]'))

function typed(event) {
  const { target } = event
  if (event.isComposing || !listened(target)) return
  clearTimeout(timer)
  waiting = target
  timer = setTimeout(handIn, PAUSE_MS)
}

/** Listen to every field on the page; components handle their own. */
export function handInWhatIsTyped() {
  document.addEventListener("input", typed)
  document.addEventListener("compositionend", typed)
  // Switching to another tab or leaving counts as a pause, too.
  document.addEventListener("visibilitychange", () => document.hidden && handIn())
  window.addEventListener("pagehide", handIn)
}
