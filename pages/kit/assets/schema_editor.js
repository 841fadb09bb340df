// An editable JSON text: parsed on every keystroke, reporting the first mistake with its line and column.
import { component, element, fill } from "./kit.js"

const CSS = `
textarea { display: block; width: 100%; font: 14px/1.45 var(--mono); color: var(--ink); background: var(--card); border: 1px solid var(--edge);
  border-radius: 8px; padding: 10px 12px; resize: vertical; white-space: pre; overflow: auto; tab-size: 2; }
textarea[aria-invalid="true"] { border-color: var(--warn); border-style: dashed; }
p { margin: 5px 0 0; font-size: 14px; min-height: 21px; color: var(--soft); }
p.broken { color: var(--warn); } p.broken::before { content: "✗ "; } p.json::before { content: "✓ "; color: var(--value); }
p code { font: 13px var(--mono); color: var(--ink); }
`
const PAUSE_MS = 350

/** Where JSON parsing fails: browsers report it differently, so the text is shortened until it parses. */
function mistake(text) {
  try {
    JSON.parse(text)
    return null
  } catch (error) {
    const said = String(error.message)
    const place = /position (\d+)/.exec(said), line = /line (\d+) column (\d+)/.exec(said)
    if (line) return { line: Number(line[1]), column: Number(line[2]) }
    const before = text.slice(0, place ? Number(place[1]) : text.length).split("\n")
    return { line: before.length, column: before.at(-1).length + 1 }
  }
}

export default component(CSS, (root, { keep }) => {
  const field = element("textarea", { spellcheck: "false", autocapitalize: "off", autocomplete: "off" })
  const status = element("p", { role: "status" })
  root.append(field, status)
  let data, given = null, sent = null, timer = 0

  const check = () => {
    const found = field.value.trim() ? mistake(field.value) : { line: 1, column: 1 }
    field.setAttribute("aria-invalid", String(Boolean(found)))
    status.className = found ? "broken" : "json"
    status.textContent = found ? fill(data.words.broken, found) : data.words.json
  }
  const send = () => {
    clearTimeout(timer)
    timer = 0
    sent = field.value
    keep("typed", { text: sent, of: given, turn: data.turn })
  }
  field.addEventListener("input", () => {
    check()
    clearTimeout(timer)
    timer = setTimeout(send, PAUSE_MS)
  })
  field.addEventListener("blur", () => {
    if (timer) send()
  })

  return {
    update(next) {
      data = next
      field.rows = data.rows
      field.setAttribute("aria-label", data.label)
      if (data.text !== given) {
        if (data.text !== sent) field.value = data.text // what was sent comes back while typing continues
        given = data.text
      }
      check()
    },
    destroy() {
      clearTimeout(timer)
    },
  }
})
