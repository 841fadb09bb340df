// One real call to /v1: the answer as it arrives, with blocks for text the stages still hold back.
// Only the length of held-back text ever reaches the browser.
import { component, element, fill, number, quiet, quoted, speaker } from "./kit.js"

class Refused extends Error {
  constructor({ message, code }) { super(message); this.code = code }
}

const CSS = `
.bar { display: flex; gap: 12px; align-items: center; flex-wrap: wrap; min-height: 36px; }
.paper { margin: 10px 0 0; min-height: 120px; max-height: 260px; overflow-y: auto; border: 1px solid var(--line); border-radius: 8px;
  padding: 14px 18px; font: 18px/1.5 var(--serif); white-space: pre-wrap; overflow-wrap: anywhere; }
.paper.waiting { color: var(--soft); }
.masked { font: 600 14px/1 var(--mono); color: var(--accent); background: var(--accent-soft); border-radius: 4px; padding: 2px 5px; }
.held { color: var(--edge); letter-spacing: 1px; }
.stages { list-style: none; margin: 8px 0 0; padding: 0; display: grid; gap: 4px; font-size: 14px; }
.stages li { display: grid; grid-template-columns: 11em 1fr auto; gap: 12px; border-top: 1px solid var(--line); padding: 3px 0; }
.stages b { font-weight: 600; } .stages .n { font-family: var(--mono); color: var(--soft); }
.stages .none { color: var(--soft); }
@media (max-width: 560px) { .stages li { grid-template-columns: 8em 1fr auto; gap: 8px; } .paper { font-size: 17px; } }
`
const PACE_MS = 28 // between two chunks on screen: fast enough not to bore, slow enough to see
const MOST_BLOCKS = 60

export default component(CSS, (root, { keep }) => {
  const send = element("button", { class: "act first" })
  const line = element("span", { class: "soft" })
  const paper = element("div", { class: "paper", tabindex: "0", role: "region" })
  const stages = element("ul", { class: "stages" })
  root.append(element("div", { class: "bar" }, send, line), paper, stages)
  const speak = speaker(root, 3)
  let data, call = null, played = false, again = null, sent = false, alive = true

  const written = (text, nHeld) => {
    const nodes = text.split(/(\[[^\[\]\n"]{1,30}\]|█+)/).map((part, i) =>
      i % 2 ? element("span", { class: "masked", text: part }) : document.createTextNode(part))
    if (nHeld) nodes.push(element("span", { class: "held", "aria-hidden": "true", text: "▒".repeat(Math.min(nHeld, MOST_BLOCKS)) }))
    paper.replaceChildren(...nodes)
    paper.classList.remove("waiting")
  }
  const named = (name) => Object.hasOwn(data.names, name) ? data.names[name] : name
  const reported = (report) => {
    stages.replaceChildren(...report.stages.map((stage) => {
      const found = Object.entries(stage.kinds).map(([kind, n]) => `${number(n, 0, data.lang)} × ${named(kind)}`).join(", ")
      const what = stage.held_back ? data.words.held_back : found || data.words.nothing
      return element("li", {}, element("b", { text: named(stage.name) }), element("span", { class: found || stage.held_back ? "" : "none", text: what }),
        element("span", { class: "n", text: `${number(stage.seconds * 1000, 1, data.lang)} ms` }))
    }))
  }
  const labels = () => {
    send.textContent = call ? data.words.stop : sent ? data.words.again : data.words.send
    paper.setAttribute("aria-label", data.words.answer)
    if (!sent) { paper.textContent = data.words.empty; paper.classList.add("waiting") }
  }
  const wait = (ms) => new Promise((done) => setTimeout(done, ms))

  async function* events(answer) {
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
    let rest = ""
    for (;;) {
      const { value, done } = await reader.read()
      if (done) return
      const blocks = (rest + value).split("\n\n")
      rest = blocks.pop()
      for (const block of blocks) if (block.startsWith("data: {")) yield JSON.parse(block.slice(6))
    }
  }
  /** What went wrong, in the visitor's language; only in rare other cases the server's English message. */
  function failure(error) {
    if (!(error instanceof Refused)) return data.words.unreachable
    return data.words.failures[error.code] ?? `${data.words.refused} ${quoted(error.message, "en")}`
  }
  async function run() {
    const mine = call = new AbortController()
    const begun = performance.now()
    sent = true
    labels()
    line.textContent = ""
    stages.replaceChildren()
    written("", 0)
    let text = "", report = null
    try {
      const answer = await fetch(data.url, { method: "POST", signal: mine.signal, headers: { "Content-Type": "application/json" }, body: JSON.stringify(data.body) })
      if (!answer.ok) throw new Refused((await answer.json()).error)
      for await (const each of events(answer)) {
        if (each.error) throw new Refused(each.error)
        const told = each.glassbox ?? {}
        if (told.waits_for?.length) line.textContent = fill(data.words.waits, { names: told.waits_for.map(named).join(", ") })
        text += each.choices?.[0]?.delta?.content ?? ""
        written(text, told.audit ? 0 : told.n_held ?? 0)
        if (told.audit) report = told
        else if (told.n_held && !line.textContent.length) speak(fill(data.words.held, { n: number(told.n_held, 0, data.lang) }))
        if (!quiet()) await wait(PACE_MS)
        if (mine.signal.aborted) return
      }
      line.textContent = fill(data.words.arrived, { s: number((performance.now() - begun) / 1000, 1, data.lang) })
      speak(text)
    } catch (error) {
      line.textContent = error.name === "AbortError" ? data.words.stopped : failure(error)
    }
    if (call === mine) call = null
    if (!alive) return
    labels()
    if (report) {
      reported(report)
      keep("envelope", report.id)
    }
  }
  send.addEventListener("click", () => {
    if (call) { call.abort(); call = null; line.textContent = data.words.stopped; labels() } else run()
  })
  return {
    update(next) {
      data = next
      labels()
      const wanted = again !== null && data.again > again
      again = data.again
      if (wanted || (data.plays && !played)) { played = true; call?.abort(); run() }
    },
    destroy() { alive = false; call?.abort(); speak.stop() },
  }
})
