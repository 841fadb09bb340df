// How one token is drawn: the model's scores travel once, every handle is applied here, in the frame it moves.
// A step is drawn here, by the same arithmetic and the same darts as the server's; a run is the server's stream.
import { bytesOf, component, element, fill, framed, number, percent, quoted, speaker, visible, visibleText } from "./kit.js"
import { dart, draw, entropyBits, nextTokenProbs, ranked, temper } from "./sampling.js"

const CSS = `
.text { font: 22px/1.5 var(--serif); min-height: 68px; margin: 0 0 4px; overflow-wrap: anywhere; }
.text .prompt { white-space: pre-wrap; }
.text .mark { font: 12px/1 var(--mono); color: var(--soft); border: 1px solid var(--line); border-radius: 3px; padding: 2px 5px; margin: 0 7px 0 0; vertical-align: 2px; }
.text button { border: 0; background: color-mix(in srgb, var(--accent) var(--mix, 10%), var(--card)); border-radius: 3px; padding: 0 1px; margin: 0 1px 0 0; min-height: 28px; min-width: 24px; white-space: pre-wrap; font: inherit; color: var(--ink); }
.text button:hover { text-decoration: line-through; text-decoration-color: var(--warn); }
.text button.forced { box-shadow: inset 0 -3px 0 var(--key); }
.text .caret { color: var(--accent); }
.lab { display: grid; grid-template-columns: 292px minmax(0, 1fr); gap: 26px; align-items: start; margin-top: 6px; }
.acts { display: flex; flex-wrap: wrap; gap: 8px; margin-bottom: 10px; }
.acts .act { padding: 6px 12px; font-size: 14px; }
label[hidden], button[hidden] { display: none; }
label { display: grid; grid-template-columns: 1fr auto; align-items: baseline; font-size: 14px; margin-top: 6px; }
label b { font: 14px var(--mono); font-variant-numeric: tabular-nums; } label input { grid-column: 1 / -1; }
input[type=range] { width: 100%; height: 26px; margin: 0; accent-color: var(--accent); cursor: pointer; touch-action: pan-y; }
input[type=number] { font: 15px var(--mono); color: var(--ink); background: var(--card); border: 1px solid var(--edge); border-radius: 6px; padding: 4px 8px; width: 100%; min-height: 32px; }
.status { margin: 10px 0 0; font-size: 14px; color: var(--soft); min-height: 42px; } .status b { color: var(--ink); font: 600 16px var(--serif); }
.status.bad { color: var(--warn); }
.head { display: grid; grid-template-columns: 118px 1fr 62px; gap: 8px; font-size: 12px; color: var(--soft); align-items: end; margin-bottom: 3px; }
.head .keys { display: flex; gap: 14px; flex-wrap: wrap; } .head i { display: inline-block; width: 16px; height: 8px; margin-right: 5px; border-radius: 2px; background: var(--accent); }
.head i.before { background: none; border: 1.4px solid var(--house); } .head span:last-child { text-align: right; }
.rows { list-style: none; margin: 0; padding: 0; }
.rows button { display: grid; grid-template-columns: 118px 1fr 62px; gap: 8px; width: 100%; align-items: center; border: 0; background: none; padding: 0; min-height: 25px; text-align: left; border-radius: 4px; }
.rows button:hover { background: var(--accent-soft); }
.rows .name { font: 15px/1.2 var(--serif); overflow: hidden; text-overflow: ellipsis; white-space: pre; }
.rows .bars { position: relative; height: 17px; }
.rows .bars i { position: absolute; left: 0; width: 100%; transform-origin: 0 50%; transform: scaleX(var(--share, 0)); }
.rows .after { top: 1px; height: 10px; background: var(--accent); border-radius: 0 2px 2px 0; }
.rows .before { bottom: 0; height: 4px; background: var(--house); opacity: .55; }
.rows .share { font: 14px var(--sans); text-align: right; font-variant-numeric: tabular-nums; }
.rows .out .name, .rows .out .share { color: var(--soft); } .rows .out .name { text-decoration: line-through; text-decoration-color: var(--line); }
.rows .why { position: absolute; top: 1px; left: 6px; font: 12px/13px var(--sans); color: var(--soft); white-space: nowrap; }
.rest { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 2px 18px; font-size: 13px; color: var(--soft); border-top: 1px solid var(--line); margin-top: 5px; padding-top: 5px; }
.rest b { color: var(--ink); font-variant-numeric: tabular-nums; }
@media (max-width: 760px) { .lab { grid-template-columns: 1fr; gap: 14px; } .text { font-size: 19px; }
  .head, .rows button { grid-template-columns: 96px 1fr 56px; } }
`
const K_STOPS = [1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 40, 50, 75, 100, 150, 200, 0]    // 0: all
const TOKEN_MS = 700                     // for each token, where it plays by itself
const TOPS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1]

export default component(CSS, (root, { tell, keep }) => {
  const text = element("p", { class: "text" })
  const button = (act, first) => element("button", { type: "button", class: first ? "act first" : "act", onclick: act })
  const step = button(() => takeStep(), true), run = button(() => startRun()), stop = button(() => halt()), reset = button(() => restart())
  const slider = (min, max, by) => element("input", { type: "range", min, max, step: by })
  const temperature = slider(0, 2, 0.05), topK = slider(0, K_STOPS.length - 1, 1), topP = slider(0.05, 1, 0.01)
  const seed = element("input", { type: "number", min: 0, max: 9999, step: 1 })
  const labelled = (input) => { const name = element("span"), value = element("b"); return { name, value, node: element("label", {}, name, value, input) } }
  const t = labelled(temperature), k = labelled(topK), p = labelled(topP), s = labelled(seed)
  const status = element("p", { class: "status" })
  const head = element("div", { class: "head" })
  const rows = element("ol", { class: "rows" })
  const rest = element("div", { class: "rest" })
  root.append(text, element("div", { class: "lab" },
    element("div", {}, element("div", { class: "acts" }, step, run, stop, reset), t.node, k.node, p.node, s.node, status),
    element("div", {}, head, rows, rest)))
  const speak = speaker(root, 1.5)

  let data, vocabulary = [], specials = {}, end = -1, prompt = [], written = [], logits = null, before = null, order = [], lines = []
  let told = "", signature = "", controller = null, running = false, failed = ""
  let opening = Promise.resolve()             // the first look; what is clicked meanwhile waits for it
  let stale = true          // whether the scores in hand are those of the text as it stands

  const settings = () => ({ temperature: Number(temperature.value), topK: K_STOPS[Number(topK.value)], topP: Number(topP.value) })
  const say = (key, values = {}) => fill(data.words[key], values)
  const tokenText = (id) => specials[id] ?? new TextDecoder().decode(vocabulary[id] ?? new Uint8Array())

  // The model's side

  /** POST /live/write: lines of JSON, the first about the prompt, then one a token. */
  async function* ask(maxTokens) {
    controller?.abort()
    const own = controller = new AbortController()
    const now = settings()
    const response = await fetch(new URL("/live/write", location.origin), {
      method: "POST", headers: { "Content-Type": "application/json" }, signal: own.signal,
      body: JSON.stringify({
        model: data.model, ...(prompt.length ? { tokens: [...prompt, ...written.map((w) => w.id)] } : { prompt: data.prompt }),
        temperature: now.temperature, top_k: now.topK || null, top_p: now.topP, seed: Number(seed.value), max_tokens: maxTokens, logits: true,
      }),
    })
    if (!response.ok) throw new Error(response.status === 429 || response.status === 503 ? "busy" : "failed")
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
    let waiting = ""
    try {
      for (;;) {
        const { done, value } = await reader.read()
        waiting += value ?? ""
        const whole = waiting.split("\n")
        waiting = done ? "" : whole.pop()
        for (const text of whole) {
          const line = text.trim() ? JSON.parse(text) : {}
          if (line.error) throw new Error("failed")
          yield line
        }
        if (done) return
      }
    } finally { own.abort() }
  }
  const scores = (base64) => new Float32Array(bytesOf(base64).buffer)
  const expect = (next) => {
    logits = next
    stale = false
    before = temper(logits, 1)
    order = ranked(before)
  }
  /** What the model expects after the text as it stands. */
  const read = async () => {
    let known = false
    for await (const line of ask(1)) {
      if (line.tokens && !prompt.length) prompt = line.tokens
      if (line.tokens && line.logits) { expect(scores(line.logits)); known = true }
    }
    if (!known) throw new Error("failed")
  }
  /** What every token stands for; the browser keeps it from visit to visit. */
  const learnWords = async () => {
    const response = await fetch(new URL(`/live/model/${encodeURIComponent(data.model)}/vocabulary`, location.origin))
    if (!response.ok) throw new Error("failed")
    const told = await response.json(), all = bytesOf(told.vocabulary)
    let from = 0
    vocabulary = told.lengths.map((length) => all.subarray(from, from += length))
    specials = told.specials
    end = told.end
  }
  const guarded = async (work) => {
    failed = ""
    try { await work() } catch (error) {
      if (error.name !== "AbortError") failed = data.words[error.message] ?? data.words.failed
    }
    show()
  }

  // The hand's side

  const append = (id, probs, forced = false) => {
    written.push({ id, share: probs[id], before: before[id], logits, forced })
    stale = true
    return id !== end
  }
  const takeStep = () => guarded(async () => {
    await opening
    halt()
    if (stale) await read()
    const goesOn = drawHere()
    announce()
    if (goesOn) await read()
  })
  const force = (id) => guarded(async () => {
    await opening
    halt()
    if (ended()) written.pop()             // something else instead of the end
    else if (stale) await read()
    const { probs } = nextTokenProbs(logits, settings())
    if (append(id, probs, true)) await read()
  })
  const rewind = (index) => {
    halt()
    const gone = written[index]
    written = written.slice(0, index)
    expect(gone.logits)
    show()
    focusText(index)
  }
  const startRun = () => guarded(async () => {
    await opening
    if (running) return
    running = true
    show()
    try {
      if (stale) await read()
      // From the prompt on the server's own stream writes the same; after a detour every dart counts from the prompt.
      if (!written.length && !data.plays) await stream()
      else await writeHere()
    } finally { running = false }
    speak(written.map((w) => tokenText(w.id)).join(""))
  })
  const drawHere = () => {
    const { probs } = nextTokenProbs(logits, settings())
    return append(draw(probs, dart(Number(seed.value), written.length)), probs)
  }
  const writeHere = async () => {
    while (running && !full()) {
      if (stale) await read()
      if (data.plays) await new Promise((done) => setTimeout(done, TOKEN_MS))
      if (!running || !drawHere()) return
      show()
    }
    if (running) await read()
  }
  const stream = async () => {
    const asked = JSON.stringify(settings())
    for await (const line of ask(data.max_tokens)) {
      if (!running) return
      if (line.token !== undefined) {
        if (line.logits !== undefined) expect(scores(line.logits))
        const { probs } = nextTokenProbs(logits, settings())
        if (!append(line.token, probs)) return
        show()
      }
      if (JSON.stringify(settings()) !== asked) break          // a handle moved: from here on it is drawn under the hand
    }
    await writeHere()
  }
  const halt = () => { running = false; controller?.abort(); show() }
  const restart = () => { halt(); if (written.length) expect(written[0].logits); written = []; failed = ""; show() }

  // What is seen

  const show = framed(() => { if (data) { drawText(); drawBars(); drawStatus(); window.__gbDraws = (window.__gbDraws ?? 0) + 1 } })

  /** Written tokens as buttons; bytes that form no character yet wait for the token that completes them. */
  const drawText = () => {
    const asked = element("span", { class: "prompt", text: data.prompt })
    const mark = (name) => element("span", { class: "mark", text: name })
    const nodes = data.marks ? [mark(data.marks[0]), asked, element("br"), mark(data.marks[1])] : [asked]
    const decoder = new TextDecoder()
    let from = 0
    written.forEach((each, i) => {
      const special = specials[each.id]
      const piece = special ?? decoder.decode(vocabulary[each.id] ?? new Uint8Array(), { stream: true })
      if (!piece && i < written.length - 1) return
      const first = from
      const label = say("rewind", { token: visibleText(piece), share: percent(each.share, data.lang) })
      const made = element("button", { type: "button", class: each.forced ? "forced" : null, "aria-label": label, title: label, onclick: () => rewind(first), style: { "--mix": `${(6 + 34 * (1 - Math.min(1, each.before))).toFixed(0)}%` } })
      made.append(...(special ? [document.createTextNode(special)] : [document.createTextNode(piece || "…")]))
      nodes.push(made)
      from = i + 1
    })
    nodes.push(element("span", { class: "caret", "aria-hidden": "true", text: "▏" }))
    const at = [...text.children].indexOf(root.getRootNode().activeElement)
    text.replaceChildren(...nodes)
    if (at > 0) (text.children[at]?.focus ? text.children[Math.min(at, nodes.length - 2)].focus() : null)
  }
  const focusText = (index) => requestAnimationFrame(() => (text.querySelectorAll("button")[index - 1] ?? step).focus())

  const buildBars = () => {
    lines = Array.from({ length: data.n_candidates }, () => {
      const line = { name: element("span", { class: "name" }), after: element("i", { class: "after" }), before: element("i", { class: "before" }),
        why: element("span", { class: "why" }), share: element("span", { class: "share" }), id: -1 }
      line.node = element("button", { type: "button", onclick: () => force(line.id) }, line.name, element("span", { class: "bars" }, line.after, line.before, line.why), line.share)
      return line
    })
    rows.replaceChildren(...lines.map((line) => element("li", {}, line.node)))
    head.replaceChildren(element("span", { text: data.words.candidate }),
      element("span", { class: "keys" }, element("span", {}, element("i"), data.words.after), element("span", {}, element("i", { class: "before" }), data.words.before)),
      element("span", { text: data.words.share }))
  }
  const drawBars = () => {
    rows.style.visibility = logits ? "" : "hidden"
    if (!logits) { rest.replaceChildren(); return }
    const { tempered, likeliest, probs } = nextTokenProbs(logits, settings())
    const shown = order.slice(0, lines.length)
    const most = Math.max(...shown.map((id) => Math.max(before[id], probs[id])))
    const top = TOPS.find((each) => each >= most) ?? 1
    let covered = 0
    lines.forEach((line, i) => {
      const id = shown[i]
      line.node.parentElement.hidden = id === undefined
      if (id === undefined) return
      covered += probs[id]
      if (line.id !== id) {
        line.id = id
        line.name.replaceChildren(...(specials[id] ? [document.createTextNode(specials[id])] : visible(tokenText(id))))
      }
      const out = probs[id] === 0
      const why = !out ? "" : tempered[id] === 0 ? data.words.cold : likeliest[id] === 0 ? data.words.out_k : data.words.out_p
      line.after.style.setProperty("--share", probs[id] / top)
      line.before.style.setProperty("--share", before[id] / top)
      if (line.why.textContent !== why) line.why.textContent = why
      line.why.style.left = `calc(${(100 * before[id]) / top}% + 6px)`
      line.node.classList.toggle("out", out)
      line.share.textContent = percent(probs[id], data.lang, 1)
      line.node.setAttribute("aria-label", say("force", { token: tokenText(id), before: percent(before[id], data.lang, 1), after: percent(probs[id], data.lang, 1) }) + (why ? `, ${why}` : ""))
      line.node.title = `logit ${number(logits[id], 2, data.lang)} · id ${id}`
    })
    const bits = entropyBits(probs), kept = probs.reduce((n, each) => n + (each > 0), 0)
    rest.replaceChildren(
      element("span", {}, say("others", { n: number(Math.max(0, logits.length - shown.length), 0, data.lang) }) + " ", element("b", { text: percent(Math.max(0, 1 - covered), data.lang, 1) })),
      element("span", {}, data.words.kept + " ", element("b", { text: `${number(kept, 0, data.lang)} / ${number(logits.length, 0, data.lang)}` })),
      element("span", {}, data.words.entropy + " ", element("b", { text: `${number(bits, 2, data.lang)} bit` }), ` ${say("as_many", { n: number(2 ** bits, 1, data.lang) })}`))
  }
  const drawStatus = () => {
    step.disabled = running || ended() || full()
    run.disabled = running || ended() || full()
    stop.disabled = !running
    reset.disabled = !written.length
    const now = settings()
    t.value.textContent = number(now.temperature, 2, data.lang)
    k.value.textContent = now.topK ? number(now.topK, 0, data.lang) : data.words.all
    p.value.textContent = number(now.topP, 2, data.lang)
    topK.setAttribute("aria-valuetext", k.value.textContent)
    status.classList.toggle("bad", Boolean(failed))
    if (failed) { status.textContent = failed; return }
    const last = written.at(-1)
    if (!last) { status.textContent = data.words.hint; return }
    const sentence = say(last.forced ? "was_forced" : "was_drawn", { token: "\u0000", share: percent(last.share, data.lang, 1) }).split("\u0000")
    status.replaceChildren(sentence[0], element("b", { text: quoted(visibleText(tokenText(last.id)), data.lang) }), sentence[1] ?? "", ended() ? ` ${data.words.ended}` : full() ? ` ${say("full", { n: data.max_tokens })}` : "")
  }
  const ended = () => written.at(-1)?.id === end
  const full = () => written.length >= data.max_tokens
  const announce = () => {
    const last = written.at(-1)
    speak(say("was_drawn", { token: tokenText(last.id), share: percent(last.share, data.lang, 1) }))
  }

  for (const input of [temperature, topK, topP, seed]) {
    input.addEventListener("input", show)
    input.addEventListener("change", () => {
      const now = settings()
      const all = { temperature: now.temperature, top_k: now.topK, top_p: now.topP, seed: Number(seed.value), max_tokens: data.max_tokens }
      told = JSON.stringify(all)
      keep("settings", all)
    })
  }
  const hide = () => { if (document.hidden) halt() }
  document.addEventListener("visibilitychange", hide)

  return {
    update(next) {
      data = next
      const words = data.words
      for (const [node, word] of [[step, words.step], [run, words.run], [stop, words.stop], [reset, words.reset], [t.name, words.temperature], [k.name, words.top_k], [p.name, words.top_p], [s.name, words.seed]]) node.textContent = word
      for (const node of [step, t.node, k.node, p.node, s.node]) node.hidden = Boolean(data.plays)
      const handles = JSON.stringify({ temperature: data.temperature, top_k: data.top_k, top_p: data.top_p, seed: data.seed, max_tokens: data.max_tokens })
      if (handles !== told) {
        told = handles
        temperature.value = data.temperature
        topK.value = data.top_k ? K_STOPS.findIndex((stop) => stop >= data.top_k || stop === 0) : K_STOPS.length - 1
        topP.value = data.top_p
        seed.value = data.seed
      }
      const fresh = JSON.stringify([data.prompt, data.model, data.plays])
      if (fresh !== signature) {
        signature = fresh
        controller?.abort()
        running = false
        prompt = []
        written = []
        logits = null
        stale = true
        buildBars()
        opening = guarded(async () => { await learnWords(); await read() })
        opening.then(() => data.plays && !failed && signature === fresh && startRun())
      } else buildBars()
      show()
    },
    destroy() { controller?.abort(); document.removeEventListener("visibilitychange", hide); show.stop(); speak.stop() },
  }
})
