// One real call to /v1: the answer as it arrives, with blocks for text the stages still hold back.
// Only the length of held-back text ever reaches the browser.
import { component, element, fill, number, quiet, quoted, speaker } from "./kit.js"

class Refused extends Error {
  constructor({ message, code }) {
    super(message)
    this.code = code
  }
}

const CSS = `
.bar { display: flex; gap: 12px; align-items: center; flex-wrap: wrap; min-height: 36px; }
.paper { margin: 10px 0 0; min-height: 84px; max-height: 200px; overflow-y: auto; border: 1px solid var(--line); border-radius: 8px;
  padding: 10px 16px; font: 17px/1.45 var(--serif); white-space: pre-wrap; overflow-wrap: anywhere; }
.paper.waiting { color: var(--soft); }
.masked { font: 600 14px/1 var(--mono); color: var(--accent); background: var(--accent-soft); border-radius: 4px; padding: 2px 5px; }
.held { color: var(--edge); letter-spacing: 1px; }
@media (max-width: 560px) { .paper { font-size: 16px; } }
`
const PACE_MS = 28 // between two chunks on screen: fast enough not to bore, slow enough to see
const POLL_MS = 10 // how often it is looked whether more has come
const MOST_BLOCKS = 60

export default component(CSS, (root, { keep }) => {
  const send = element("button", { class: "act first" })
  const line = element("span", { class: "soft" })
  const paper = element("div", { class: "paper", tabindex: "0", role: "region" })
  root.append(element("div", { class: "bar" }, send, line), paper)
  const speak = speaker(root, 3)
  let data, call = null, played = false, again = null, sent = false, alive = true

  const written = (text, nHeld) => {
    const nodes = text.split(/(\[[^\[\]\n"]{1,30}\]|█+)/).map((part, i) =>
      i % 2 ? element("span", { class: "masked", text: part }) : document.createTextNode(part)
    )
    if (nHeld) {
      nodes.push(
        element("span", { class: "held", "aria-hidden": "true", text: "▒".repeat(Math.min(nHeld, MOST_BLOCKS)) }),
      )
    }
    paper.replaceChildren(...nodes)
    paper.classList.remove("waiting")
  }
  const named = (name) => Object.hasOwn(data.names, name) ? data.names[name] : name
  const labels = () => {
    send.textContent = call ? data.words.stop : sent ? data.words.again : data.words.send
    paper.setAttribute("aria-label", data.words.answer)
    if (sent) return
    paper.textContent = data.words.empty
    paper.classList.add("waiting")
    if (data.last) {
      written(data.last, 0)
      line.textContent = data.words.earlier
      sent = true
      labels()
    }
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
  const took = (ms) => ms < 1000 ? `${number(ms, 0, data.lang)} ms` : `${number(ms / 1000, 1, data.lang)} s`
  /** Events as they are shown: one at a time, and slower than they come. `told.ms` is when the last one had come. */
  async function* paced(answer, begun, signal, told) {
    const waiting = []
    let ended = false, failed = null
    const read = async () => {
      try {
        for await (const each of events(answer)) waiting.push(each)
      } catch (error) {
        failed = error
      }
      told.ms = performance.now() - begun
      ended = true
    }
    read()
    while (!signal.aborted && (waiting.length || !ended)) {
      if (waiting.length) yield waiting.shift()
      else await wait(POLL_MS)
    }
    if (failed) throw failed
  }
  async function run() {
    const mine = call = new AbortController()
    const begun = performance.now()
    sent = true
    labels()
    line.textContent = ""
    written("", 0)
    let text = "", report = null
    const clock = { ms: 0 }
    try {
      const answer = await fetch(data.url, {
        method: "POST",
        signal: mine.signal,
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(data.body),
      })
      if (!answer.ok) throw new Refused((await answer.json()).error)
      for await (const each of paced(answer, begun, mine.signal, clock)) {
        if (each.error) throw new Refused(each.error)
        const told = each.glassbox ?? {}
        if (told.waits_for?.length) {
          line.textContent = fill(data.words.waits, { names: told.waits_for.map(named).join(", ") })
        }
        text += each.choices?.[0]?.delta?.content ?? ""
        written(text, told.audit ? 0 : told.n_held ?? 0)
        if (told.audit) report = told
        else if (told.n_held && !line.textContent.length) {
          speak(fill(data.words.held, { n: number(told.n_held, 0, data.lang) }))
        }
        if (!quiet()) await wait(PACE_MS)
        if (mine.signal.aborted) return
      }
      line.textContent = fill(data.words.arrived, { time: took(clock.ms) })
      speak(text)
    } catch (error) {
      line.textContent = error.name === "AbortError" ? data.words.stopped : failure(error)
    }
    if (call === mine) call = null
    if (!alive) return
    labels()
    if (report) {
      keep("envelope", report.id)
    }
  }
  send.addEventListener("click", () => {
    if (call) {
      call.abort()
      call = null
      line.textContent = data.words.stopped
      labels()
    } else run()
  })
  return {
    update(next) {
      data = next
      labels()
      const wanted = again !== null && data.again > again
      again = data.again
      if (wanted || (data.plays && !played)) {
        played = true
        call?.abort()
        run()
      }
    },
    destroy() {
      alive = false
      call?.abort()
      speak.stop()
    },
  }
})
