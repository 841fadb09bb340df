// How the next word or token is drawn: the model's output is sent once, and every handle is applied here, in the frame it moves.
// A word is drawn by the server with one dart; a token here, by the same arithmetic and the same darts as the server's.
import { askTokens, askVocabulary, askWords, scores } from "./asking.js"
import { tokenCandidates, wordCandidates } from "./candidates.js"
import { dartLine, LINE_CSS } from "./dart_line.js"
import { component, element, fill, framed, number, percent, quoted, speaker, visible, visibleText } from "./kit.js"
import { dart, hit } from "./sampling.js"

const CSS = `
.text { font: 22px/1.4 var(--serif); min-height: 36px; margin: 0 0 2px; overflow-wrap: anywhere; }
.text .prompt { white-space: pre-wrap; }
.text .mark { font: 12px/1 var(--mono); color: var(--soft); border: 1px solid var(--line); border-radius: 3px; padding: 2px 5px; margin: 0 7px 0 0; vertical-align: 2px; }
.text button { border: 0; background: color-mix(in srgb, var(--accent) var(--mix, 10%), var(--card)); border-radius: 3px; padding: 0 1px; margin: 0 1px 0 0; min-height: 28px; min-width: 12px; white-space: pre-wrap; font: inherit; color: var(--ink); }
.text button:hover { text-decoration: line-through; text-decoration-color: var(--warn); }
.text button.forced { box-shadow: inset 0 -3px 0 var(--key); }
.text .caret { color: var(--accent); }
.acts { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; margin-bottom: 10px; }
.acts .act { padding: 6px 12px; font-size: 14px; }
.acts .act.first { font-size: 16px; padding: 8px 20px; min-height: 42px; }
.units { display: flex; } .acts .units { margin-left: auto; } .more .units { margin-top: 8px; }
.units button { border: 1px solid var(--edge); background: none; padding: 4px 11px; font-size: 14px; min-height: 32px; color: var(--ink); }
.units button:first-child { border-radius: 7px 0 0 7px; } .units button:last-child { border-radius: 0 7px 7px 0; border-left: 0; }
.units button[aria-pressed=true] { background: var(--accent-soft); color: var(--accent); font-weight: 600; }
.lab { display: grid; grid-template: "temp bars" auto "more bars" auto "said bars" 1fr / 292px minmax(0, 1fr); gap: 0 26px; align-items: start; }
.temp { grid-area: temp; } .more { grid-area: more; } .bars-area { grid-area: bars; min-width: 0; }
.more summary { font-size: 14px; color: var(--accent); cursor: pointer; min-height: 30px; padding-top: 6px; }
label[hidden], button[hidden], .more[hidden], .units[hidden] { display: none; }
label { display: grid; grid-template-columns: 1fr auto; align-items: baseline; font-size: 14px; }
.more label { margin-top: 5px; }
label b { font: 14px var(--mono); font-variant-numeric: tabular-nums; } label input { grid-column: 1 / -1; }
label .ends { grid-column: 1 / -1; display: flex; justify-content: space-between; font-size: 12px; color: var(--soft); margin-top: -4px; }
input[type=range] { width: 100%; height: 26px; margin: 0; accent-color: var(--accent); cursor: pointer; touch-action: pan-y; }
input[type=number] { font: 15px var(--mono); color: var(--ink); background: var(--card); border: 1px solid var(--edge); border-radius: 6px; padding: 4px 8px; width: 100%; min-height: 32px; }
.status { grid-area: said; margin: 10px 0 0; font-size: 14px; line-height: 1.4; color: var(--soft); } .status b { color: var(--ink); font: 600 16px var(--serif); }
.status.bad { color: var(--warn); }
.head { display: grid; grid-template-columns: 118px 1fr 62px; gap: 8px; font-size: 12px; color: var(--soft); align-items: end; margin-bottom: 3px; }
.head .keys { display: flex; gap: 2px 14px; flex-wrap: wrap; } .head i { display: inline-block; width: 16px; height: 8px; margin-right: 5px; border-radius: 2px; background: var(--accent); }
.head i.before { height: 4px; background: var(--house); opacity: .55; vertical-align: 2px; } .head span:last-child { text-align: right; }
.rows { list-style: none; margin: 0; padding: 0; }
.rows button { display: grid; grid-template-columns: 118px 1fr 62px; gap: 8px; width: 100%; align-items: center; border: 0; background: none; padding: 0; min-height: 25px; text-align: left; border-radius: 4px; }
.rows button:hover { background: var(--accent-soft); }
.rows .name { font: 16px/1.2 var(--serif); overflow: hidden; text-overflow: ellipsis; white-space: pre; }
.rows .name.named { font: italic 14px/1.2 var(--sans); }
.rows .bars { position: relative; height: 17px; }
.rows .bars i { position: absolute; left: 0; width: 100%; transform-origin: 0 50%; transform: scaleX(var(--share, 0)); }
.rows .after { top: 1px; height: 10px; background: var(--accent); border-radius: 0 2px 2px 0; }
.rows .before { bottom: 0; height: 4px; background: var(--house); opacity: .55; }
.rows .share { font: 14px var(--sans); text-align: right; font-variant-numeric: tabular-nums; }
.rows .out .name, .rows .out .share { color: var(--soft); } .rows .out .name { text-decoration: line-through; text-decoration-color: var(--line); }
.rows .why { position: absolute; top: 1px; left: 6px; font: 12px/13px var(--sans); color: var(--soft); white-space: nowrap; }
.rest { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 2px 18px; font-size: 13px; color: var(--soft); border-top: 1px solid var(--line); margin-top: 5px; padding-top: 5px; }
.rest b { color: var(--ink); font-variant-numeric: tabular-nums; }
@media (max-width: 760px) {
  .text { font-size: 19px; } .lab { grid-template: "temp" auto "bars" auto "said" auto "more" auto / minmax(0, 1fr); gap: 6px; } .status { margin-top: 2px; }
  .head, .rows button { grid-template-columns: 92px 1fr 52px; } .acts { gap: 6px; flex-wrap: nowrap; } .acts .act { padding: 6px 8px; font-size: 13px; white-space: nowrap; } .acts .act.first { padding: 8px 12px; font-size: 15px; }
}
${LINE_CSS}`
const K_STOPS = [1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 40, 50, 75, 100, 150, 200, 0] // 0: all
const TOKEN_MS = 700 // per token, when playing automatically
const FLIGHT_MS = 520, LOOK_MS = 420 // of the dart, and how long it stays visible
const RUN_FLIGHT_MS = 150, RUN_LOOK_MS = 90
const TOPS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1]
const LETTER = /[\p{L}\p{N}]$/u

export default component(CSS, (root, { keep }) => {
  const text = element("p", { class: "text" })
  const button = (act, first) => element("button", { type: "button", class: first ? "act first" : "act", onclick: act })
  const step = button(() => throwOne(), true),
    run = button(() => startRun()),
    stop = button(() => halt()),
    reset = button(() => restart())
  const unit = (name) => element("button", { type: "button", onclick: () => choose(name) })
  const units = { words: unit("words"), tokens: unit("tokens") }
  const unitsNode = element("div", { class: "units", role: "group" }, units.words, units.tokens)
  const slider = (min, max, by) => element("input", { type: "range", min, max, step: by })
  const temperature = slider(0, 2, 0.05), topK = slider(0, K_STOPS.length - 1, 1), topP = slider(0.05, 1, 0.01)
  const seed = element("input", { type: "number", min: 0, max: 9999, step: 1 })
  const labelled = (input, ...more) => {
    const name = element("span"), value = element("b")
    return { name, value, node: element("label", {}, name, value, input, ...more) }
  }
  const cool = element("span"), warm = element("span")
  const t = labelled(temperature, element("span", { class: "ends", "aria-hidden": "true" }, cool, warm)),
    k = labelled(topK),
    p = labelled(topP),
    s = labelled(seed)
  t.node.classList.add("temp")
  const moreName = element("summary")
  const more = element("details", { class: "more" }, moreName, k.node, p.node, s.node)
  const wide = matchMedia("(min-width: 761px)")
  const acts = element("div", { class: "acts" }, step, run, stop, reset)
  /** On a phone, the controls that move the bars come first; the rest is in the drawer below. */
  const arrange = () => {
    more.open = moreName.hidden = wide.matches
    if (wide.matches) acts.append(unitsNode)
    else moreName.after(unitsNode)
  }
  wide.addEventListener("change", arrange)
  arrange()
  const status = element("p", { class: "status" })
  const head = element("div", { class: "head" })
  const rows = element("ol", { class: "rows" })
  const rest = element("div", { class: "rest" })
  const board = dartLine(() => data.lang)
  root.append(
    text,
    board.node,
    acts,
    element("div", { class: "lab" }, t.node, element("div", { class: "bars-area" }, head, rows, rest), more, status),
  )
  const speak = speaker(root, 1.5)

  let data, vocabulary = [], specials = {}, end = -1, prompt = [], lines = []
  let written = [] // pieces: {ids, text, share, before, forced, seen}; `seen` is what it was chosen from
  let seen = null // what may come next; see candidates.js
  let mode = "words"
  let told = "", signature = "", controller = null, running = false, flying = false, failed = ""
  let turn = 0 // number of the current draw; an interrupted one finds that it is outdated
  let opening = Promise.resolve() // the first look; clicks wait for it
  let stale = true // whether the candidates belong to a text other than the current one

  const settings = () => ({
    temperature: Number(temperature.value),
    topK: K_STOPS[Number(topK.value)],
    topP: Number(topP.value),
  })
  const say = (key, values = {}) => fill(data.words[key], values)
  const tokenText = (id) => specials[id] ?? new TextDecoder().decode(vocabulary[id] ?? new Uint8Array())
  const ids = () => written.flatMap((piece) => piece.ids)
  const pause = (ms) => new Promise((done) => setTimeout(done, ms))

  // The model's side

  const asked = () => {
    const now = settings()
    return {
      model: data.model,
      ...(prompt.length ? { tokens: [...prompt, ...ids()] } : { prompt: data.prompt }),
      temperature: now.temperature,
      top_k: now.topK || null,
      top_p: now.topP,
      seed: Number(seed.value),
    }
  }
  const own = () => {
    controller?.abort()
    return controller = new AbortController()
  }
  const expect = (next) => {
    seen = next
    stale = false
  }
  const ofTokens = (base64) => tokenCandidates(scores(base64), tokenText, data.lang)
  /** Whether the last word is complete: the visitor's own counts as such, as on all pages, and what was chosen as a whole word. */
  const closed = () => (written.at(-1)?.unit ?? "words") === "words"
  const words = async (draw) => {
    const answer = await askWords(
      { ...asked(), closed: closed(), ...(draw ? { draw: ids().length } : {}) },
      own().signal,
    )
    if (!prompt.length) prompt = answer.tokens
    return answer
  }
  /** What the model expects after the current text. */
  const read = async () => {
    if (mode === "words") {
      expect(wordCandidates((await words(false)).tree))
      return
    }
    let known = false
    for await (const line of askTokens({ ...asked(), max_tokens: 1 }, own())) {
      if (line.tokens && !prompt.length) prompt = line.tokens
      if (line.tokens && line.logits) {
        expect(ofTokens(line.logits))
        known = true
      }
    }
    if (!known) throw new Error("failed")
  }
  const guarded = async (work) => {
    failed = ""
    try {
      await work()
    } catch (error) {
      if (error.name !== "AbortError") failed = data.words[error.message] ?? data.words.failed
    }
    show()
  }

  // The visitor's side

  const append = (key, share, forced = false, drawn = seen.ids(key), spelled = seen.text(key)) => {
    written.push({ ids: drawn, text: spelled, share, before: seen.learned(key), unit: seen.unit, forced, seen })
    stale = true
    return !drawn.includes(end)
  }
  /** Draw one word or token and show the dart; false if that ended the text. */
  const drawOne = async (flight_ms, look_ms) => {
    const mine = turn
    if (stale) await read()
    now()
    let key, at, next = null, drawn
    if (mode === "words") {
      const answer = await words(true)
      key = answer.drawn.text
      at = answer.drawn.at
      drawn = answer.drawn.tokens
      next = wordCandidates(answer.tree)
    } else {
      ;[key, at] = hit(seen.at(settings()).probs, dart(Number(seed.value), ids().length))
      drawn = [key]
    }
    const was = seen.at(settings()).p(key)
    if (flight_ms > 0) await board.fly(key, at, flight_ms)
    if (look_ms > 0) await pause(look_ms)
    if (mine !== turn) return false
    const goesOn = append(key, was, false, drawn, seen.text(key))
    if (goesOn && next) expect(next)
    board.hide()
    return goesOn
  }
  const throwOne = () =>
    guarded(async () => {
      await opening
      if (flying || running || ended() || full()) return
      flying = true
      turn++
      show()
      try {
        const goesOn = await drawOne(FLIGHT_MS, LOOK_MS)
        announce()
        if (goesOn && stale) await read()
      } finally {
        flying = false
        board.hide()
      }
    })
  const force = (key) =>
    guarded(async () => {
      await opening
      if (flying) return
      halt()
      if (ended()) expect(written.pop().seen)
      // replace the end by something else
      else if (stale) await read()
      if (append(key, seen.at(settings()).p(key), true)) await read()
    })
  const rewind = (index) => {
    halt()
    const gone = written[index]
    written = written.slice(0, index)
    seeAgain(gone.seen)
    focusText(index)
  }
  /** The candidates at an earlier position or, if they were in the other unit, a new look. */
  const seeAgain = (before) => {
    if (before.unit === mode) {
      expect(before)
      show()
    } else {
      stale = true
      guarded(read)
    }
  }
  const choose = (name, alone = false) => {
    if (name === mode || flying) return
    halt()
    mode = name
    stale = true
    buildBars()
    show()
    if (alone) return
    tellSettings()
    guarded(async () => {
      await opening
      await read()
    })
  }
  const startRun = () =>
    guarded(async () => {
      await opening
      if (running || flying) return
      running = true
      const mine = ++turn
      show()
      try {
        if (stale) await read()
        // Tokens from the prompt on: the server's own stream writes the same. After a detour every dart counts from the prompt.
        if (mode === "tokens" && !written.length && !data.plays) await stream()
        else await writeHere()
      } finally {
        if (mine === turn) {
          running = false
          board.hide()
        }
      }
      speak(written.map((piece) => piece.text).join(""))
    })
  const writeHere = async () => {
    const mine = turn
    while (mine === turn && running && !full()) {
      const quick = mode === "tokens" && !data.plays
      if (data.plays) await pause(TOKEN_MS - RUN_FLIGHT_MS - RUN_LOOK_MS)
      if (mine !== turn || !(await drawOne(quick ? 0 : RUN_FLIGHT_MS, quick ? 0 : RUN_LOOK_MS))) return
      show()
    }
    if (mine === turn && stale) await read()
  }
  const stream = async () => {
    const begun = JSON.stringify(settings()), mine = turn
    for await (const line of askTokens({ ...asked(), max_tokens: data.max_tokens }, own())) {
      if (mine !== turn) return
      if (line.token !== undefined) {
        if (line.logits !== undefined) expect(ofTokens(line.logits))
        if (!append(line.token, seen.at(settings()).p(line.token))) return
        show()
      }
      if (JSON.stringify(settings()) !== begun) break // a handle moved: from here on, draw with the new settings
    }
    await writeHere()
  }
  const halt = () => {
    if (running) {
      turn++
      board.hide()
    }
    running = false
    if (!flying) controller?.abort()
    show()
  }
  const restart = () => {
    halt()
    const first = written[0]?.seen
    written = []
    failed = ""
    if (first) seeAgain(first)
    show()
  }

  // What is seen

  const now = () => {
    if (data) {
      drawText()
      drawCandidates()
      drawStatus()
      window.__gbDraws = (window.__gbDraws ?? 0) + 1
    }
  }
  const show = framed(now)

  /** Generated pieces as buttons; incomplete characters wait for the token that completes them. */
  const drawText = () => {
    const asking = element("span", { class: "prompt", text: data.prompt })
    const mark = (name) => element("span", { class: "mark", text: name })
    const nodes = data.marks
      ? [mark(data.marks[0]), asking, element("br"), mark(data.marks[1])]
      : [mark(data.words.prompt), asking]
    const decoder = new TextDecoder()
    let from = 0
    written.forEach((each, i) => {
      const piece = each.ids.map((id) =>
        specials[id] ?? decoder.decode(vocabulary[id] ?? new Uint8Array(), { stream: true })
      ).join("")
      if (!piece && i < written.length - 1) return
      const first = from
      const label = say("rewind", { token: visibleText(piece), share: percent(each.share, data.lang) })
      const made = element("button", {
        type: "button",
        class: each.forced ? "forced" : null,
        "aria-label": label,
        title: label,
        onclick: () => rewind(first),
        style: { "--mix": `${(6 + 34 * (1 - Math.min(1, each.before))).toFixed(0)}%` },
      })
      made.append(document.createTextNode(piece || "…"))
      nodes.push(made)
      from = i + 1
    })
    nodes.push(element("span", { class: "caret", "aria-hidden": "true", text: "▏" }))
    const at = [...text.children].indexOf(root.getRootNode().activeElement)
    text.replaceChildren(...nodes)
    if (at > 0) text.children[at]?.focus ? text.children[Math.min(at, nodes.length - 2)].focus() : null
  }
  const focusText = (index) => requestAnimationFrame(() => (text.querySelectorAll("button")[index - 1] ?? step).focus())

  /** A word as displayed: without the leading space, with dots if it continues the previous word. */
  const wordName = (word) => {
    const special = Object.values(specials).find((name) => word.endsWith(name))
    if (special) return special === specials[end] ? data.words.text_end : special
    const before = written.length ? written.at(-1).text : data.marks ? "" : data.prompt
    const joined = !closed() && LETTER.test(before) && /^[\p{L}\p{N}'’-]/u.test(word)
    return (joined ? "…" : "") + visibleText(word.replace(/^ /, ""))
  }
  const nameOf = (key) => (mode === "words" ? wordName(key) : visibleText(tokenText(key)))
  const isNamed = (key) => Object.values(specials).some((name) => seen.text(key).endsWith(name))

  const buildBars = () => {
    lines = Array.from({ length: data.n_candidates }, () => {
      const line = {
        name: element("span", { class: "name" }),
        after: element("i", { class: "after" }),
        before: element("i", { class: "before" }),
        why: element("span", { class: "why" }),
        share: element("span", { class: "share" }),
        key: undefined,
      }
      line.node = element(
        "button",
        { type: "button", onclick: () => force(line.key) },
        line.name,
        element("span", { class: "bars" }, line.after, line.before, line.why),
        line.share,
      )
      return line
    })
    rows.replaceChildren(...lines.map((line) => element("li", {}, line.node)))
    head.replaceChildren(
      element("span", { text: mode === "words" ? data.words.candidate_word : data.words.candidate }),
      element(
        "span",
        { class: "keys" },
        element("span", {}, element("i"), data.words.after),
        element("span", {}, element("i", { class: "before" }), data.words.before),
      ),
      element("span", { text: data.words.share }),
    )
  }
  const drawCandidates = () => {
    const visibleNow = seen && seen.unit === mode
    rows.style.visibility = board.node.style.visibility = visibleNow ? "" : "hidden"
    if (!visibleNow) {
      rest.replaceChildren()
      return
    }
    const at = seen.at(settings())
    const shown = seen.order.slice(0, lines.length)
    const most = Math.max(...shown.map((key) => Math.max(seen.learned(key), at.p(key))))
    const top = TOPS.find((each) => each >= most) ?? 1
    let covered = 0
    lines.forEach((line, i) => {
      const key = shown[i]
      line.node.parentElement.hidden = key === undefined
      if (key === undefined) return
      const share = at.p(key), learned = seen.learned(key)
      covered += share
      line.key = key
      line.name.classList.toggle("named", isNamed(key))
      line.name.replaceChildren(
        ...(mode === "words" || specials[key] ? [document.createTextNode(nameOf(key))] : visible(tokenText(key))),
      )
      const out = share === 0
      const why = out ? data.words[at.why(key)] : ""
      line.after.style.setProperty("--share", share / top)
      line.before.style.setProperty("--share", learned / top)
      if (line.why.textContent !== why) line.why.textContent = why
      line.why.style.left = `calc(${(100 * learned) / top}% + 6px)`
      line.node.classList.toggle("out", out)
      line.share.textContent = percent(share, data.lang, data.digits)
      line.node.setAttribute(
        "aria-label",
        say("force", {
          token: nameOf(key),
          before: percent(learned, data.lang, data.digits),
          after: percent(share, data.lang, data.digits),
        }) + (why ? `, ${why}` : ""),
      )
      line.node.title = seen.hint(key)
    })
    const left = Math.max(0, 1 - covered)
    board.draw(shown.map((key) => ({ key, share: at.p(key), name: nameOf(key) })), {
      share: left,
      name: mode === "words" ? data.words.rest_words : data.words.rest_tokens,
    })
    const others = element("b", { text: percent(left < 1e-12 ? 0 : left, data.lang, data.digits) })
    if (!at.numbers) {
      rest.replaceChildren(element("span", {}, data.words.other_words + " ", others))
      return
    }
    const { n, kept, bits } = at.numbers
    rest.replaceChildren(
      element("span", {}, say("others", { n: number(Math.max(0, n - shown.length), 0, data.lang) }) + " ", others),
      element(
        "span",
        {},
        data.words.kept + " ",
        element("b", { text: `${number(kept, 0, data.lang)} / ${number(n, 0, data.lang)}` }),
      ),
      element(
        "span",
        { title: `${number(bits, 2, data.lang)} bit` },
        data.words.entropy + " ",
        element("b", { text: say("as_many", { n: number(2 ** bits, 1, data.lang) }) }),
      ),
    )
  }
  const drawStatus = () => {
    const over = ended() || full()
    step.setAttribute("aria-disabled", String(flying)) // no `disabled` in flight: the focus should stay for the next throw
    step.disabled = running || over
    run.disabled = running || flying || over
    const changed = stop.hidden === running
    const focused = [run, stop].includes(root.getRootNode().activeElement)
    stop.hidden = !running
    run.hidden = running || Boolean(data.plays && !over)
    if (changed && focused) (running ? stop : run).focus()
    reset.disabled = !written.length || flying
    for (const [name, node] of Object.entries(units)) node.setAttribute("aria-pressed", String(name === mode))
    const handles = settings()
    t.value.textContent = number(handles.temperature, 2, data.lang)
    k.value.textContent = handles.topK ? number(handles.topK, 0, data.lang) : data.words.all
    p.value.textContent = number(handles.topP, 2, data.lang)
    topK.setAttribute("aria-valuetext", k.value.textContent)
    status.classList.toggle("bad", Boolean(failed))
    if (failed) {
      status.textContent = failed
      return
    }
    const last = written.at(-1)
    if (!last) {
      status.textContent = data.words.hint
      return
    }
    const sentence = say(last.forced ? "was_forced" : "was_drawn", {
      token: "\u0000",
      share: percent(last.share, data.lang, data.digits),
    }).split("\u0000")
    const name = last.ids.includes(end)
      ? data.words.text_end
      : quoted(visibleText(last.text.trim() || last.text), data.lang)
    status.replaceChildren(
      sentence[0],
      element("b", { text: name }),
      sentence[1] ?? "",
      ended() ? ` ${data.words.ended}` : full() ? ` ${say("full", { n: data.max_tokens })}` : "",
    )
  }
  const ended = () => written.at(-1)?.ids.includes(end) ?? false
  const full = () => ids().length >= data.max_tokens
  const announce = () => {
    const last = written.at(-1)
    speak(say("was_drawn", { token: last.text, share: percent(last.share, data.lang, data.digits) }))
  }

  const tellSettings = () => {
    const handles = settings()
    const all = {
      temperature: handles.temperature,
      top_k: handles.topK,
      top_p: handles.topP,
      seed: Number(seed.value),
      max_tokens: data.max_tokens,
      candidates: mode,
    }
    told = JSON.stringify(all)
    keep("settings", all)
  }
  for (const input of [temperature, topK, topP, seed]) {
    input.addEventListener("input", show)
    input.addEventListener("change", tellSettings)
  }
  const hide = () => {
    if (document.hidden) halt()
  }
  document.addEventListener("visibilitychange", hide)
  const size = new ResizeObserver(show)
  size.observe(root)

  return {
    update(next) {
      data = next
      const words = data.words
      for (
        const [node, word] of [
          [step, words.throw],
          [run, words.run],
          [stop, words.stop],
          [reset, words.reset],
          [t.name, words.temperature],
          [cool, words.cool],
          [warm, words.warm],
          [k.name, words.top_k],
          [p.name, words.top_p],
          [s.name, words.seed],
          [moreName, words.more],
          [units.words, words.words],
          [units.tokens, words.tokens],
        ]
      ) node.textContent = word
      unitsNode.setAttribute("aria-label", words.unit)
      for (const node of [step, t.node, more, unitsNode]) node.hidden = Boolean(data.plays)
      const handles = JSON.stringify({
        temperature: data.temperature,
        top_k: data.top_k,
        top_p: data.top_p,
        seed: data.seed,
        max_tokens: data.max_tokens,
        candidates: data.candidates,
      })
      const fresh = JSON.stringify([data.prompt, data.model, data.plays])
      const isFresh = fresh !== signature
      if (handles !== told) {
        told = handles
        temperature.value = data.temperature
        topK.value = data.top_k ? K_STOPS.findIndex((stop) => stop >= data.top_k || stop === 0) : K_STOPS.length - 1
        topP.value = data.top_p
        seed.value = data.seed
        if (data.candidates !== mode) {
          choose(data.candidates, true)
          if (!isFresh) guarded(read)
        }
      }
      if (isFresh) {
        signature = fresh
        controller?.abort()
        turn++
        running = flying = false
        board.hide()
        prompt = []
        written = []
        seen = null
        stale = true
        opening = guarded(async () => {
          ;({ vocabulary, specials, end } = await askVocabulary(data.model))
          await read()
        })
        opening.then(() => data.plays && !failed && signature === fresh && startRun())
      }
      buildBars()
      show()
    },
    destroy() {
      controller?.abort()
      document.removeEventListener("visibilitychange", hide)
      wide.removeEventListener("change", arrange)
      size.disconnect()
      show.stop()
      speak.stop()
    },
  }
})
