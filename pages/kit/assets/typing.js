// What is typed into a longer field is handed in as soon as the typing pauses, so that a reload finds it.
//
// Streamlit hands a text in when the field is left, or at Ctrl+Enter: that key is pressed here. Where it means
// nothing, nothing happens.

const PAUSE_MS = 1000

let timer = 0

function handIn(field) {
  const key = { key: "Enter", code: "Enter", keyCode: 13, ctrlKey: true, bubbles: true, cancelable: true }
  if (field.isConnected) field.dispatchEvent(new KeyboardEvent("keydown", key))
}

/** Listen to every longer field of the page; components see to their own. */
export function handInWhatIsTyped() {
  document.addEventListener("input", (event) => {
    const field = event.target
    if (event.isComposing || !(field instanceof HTMLTextAreaElement)) return
    clearTimeout(timer)
    timer = setTimeout(() => handIn(field), PAUSE_MS)
  })
}
