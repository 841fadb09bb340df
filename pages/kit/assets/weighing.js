// A list and a classifier weigh one text; below, examined texts as dots on the line of scores, and the threshold
// in the hand. Scores travel once: what a threshold does is counted here, in the frame in which it moves.
import { component, element, fill, framed, number, onLook, percent, quiet, quoted, shape, speaker } from "./kit.js"
import { countsAt, runsOf } from "./threshold.js"

const CSS = `
.two { display: grid; grid-template-columns: 1fr 1fr; gap: 4px 32px; }
.two h3, .wrong h3 { font: 600 14px/1.4 var(--sans); margin: 0; color: var(--soft); }
.two p { margin: 2px 0 0; } .read { font: 20px/1.6 var(--serif); overflow-wrap: anywhere; white-space: pre-wrap; max-height: 106px; overflow: auto; }
.read mark { background: none; color: inherit; box-shadow: inset 0 -3px 0 var(--warn); }
.read i { font-style: normal; padding-bottom: 1px; }
.read .for1 { border-bottom: 2px solid var(--warn); } .read .for2 { border-bottom: 4px solid var(--warn); background: color-mix(in srgb, var(--warn) 16%, var(--card)); }
.read .off1 { border-bottom: 2px dotted var(--value); } .read .off2 { border-bottom: 4px dotted var(--value); background: color-mix(in srgb, var(--value) 14%, var(--card)); }
.verdict { font-size: 15px; } .verdict b { font: 600 17px var(--serif); } .verdict .stop::before { content: "■ "; color: var(--warn); } .verdict .go::before { content: "▷ "; color: var(--value); }
.keys { float: right; font-size: 13px; color: var(--soft); } .keys i { font-style: normal; margin-left: 14px; } .keys .for1 { border-bottom: 3px solid var(--warn); } .keys .off1 { border-bottom: 3px dotted var(--value); }
.field { position: relative; margin-top: 8px; border-top: 1px solid var(--line); padding-top: 6px; }
svg { display: block; width: 100%; overflow: visible; } svg text { font: 13px var(--sans); fill: var(--soft); } svg .strong { fill: var(--ink); font-weight: 600; }
.axis { stroke: var(--edge); } .beyond { fill: var(--warn); opacity: .07; } .bar { stroke: var(--ink); stroke-width: 2; }
.dot { stroke-width: 1.5; cursor: pointer; } .dot.hit { fill: var(--accent); stroke: var(--accent); } .dot.passed { fill: var(--card); stroke: var(--edge); }
.dot.miss { fill: var(--card); stroke: var(--warn); stroke-width: 2.5; } .dot.alarm { fill: var(--warn); stroke: var(--warn); } .dot.hand { stroke: var(--ink); stroke-width: 3; }
.mine { fill: var(--key); }
input[type=range] { width: 100%; height: 28px; margin: 0; accent-color: var(--accent); cursor: ew-resize; touch-action: pan-y; }
.said { min-height: 21px; margin: 0; font-size: 14px; color: var(--soft); overflow-wrap: anywhere; } .said b { color: var(--ink); font: 15px var(--serif); }
.counts { display: grid; grid-template-columns: repeat(6, 1fr); gap: 0 16px; margin: 4px 0 0; }
.counts div { border-top: 3px solid var(--line); padding-top: 3px; } .counts .bad { border-color: var(--warn); }
.counts dt { font-size: 13px; line-height: 1.3; color: var(--soft); } .counts dd { margin: 0; font: 600 22px/1.2 var(--serif); font-variant-numeric: lining-nums tabular-nums; }
.wrong { display: grid; grid-template-columns: 1fr 1fr; gap: 4px 32px; margin-top: 8px; } .wrong ul { list-style: none; margin: 0; padding: 0; }
.wrong li { display: flex; justify-content: space-between; gap: 12px; font: 15px/1.45 var(--serif); border-top: 1px solid var(--line); padding: 2px 0; overflow-wrap: anywhere; } .wrong li span:last-child { font: 13px var(--mono); color: var(--soft); }
@media (max-width: 640px) { .two, .wrong { grid-template-columns: 1fr; } .counts { grid-template-columns: repeat(3, 1fr); gap: 8px 12px; } .read { font-size: 17px; } }
`
const R = 4.2, GAP = 9.4, HALF = 46, SHOWN = 3, PLAY_MS = 1400

export default component(CSS, (root, { keep }) => {
  const two = element("div", { class: "two" }), field = element("div", { class: "field" }), said = element("p", { class: "said" })
  const svg = shape("svg", { role: "img" }), range = element("input", { type: "range", min: 0, max: 1, step: 0.01 })
  const counts = element("dl", { class: "counts" }), wrong = element("div", { class: "wrong" })
  field.append(svg, range, said)
  root.append(two, field, counts, wrong)
  const speak = speaker(root, 1)
  let data, threshold = 0.5, shown = [], playing = 0, asked = null

  const n2 = (value) => number(value, 2, data.lang)
  const drawTexts = () => {
    const w = data.words, hits = data.listed.filter((piece) => piece.hit).length
    const list = element("p", { class: "read", tabindex: "0" }, ...data.listed.map((piece) => piece.hit ? element("mark", { text: piece.text }) : document.createTextNode(piece.text)))
    const top = data.pieces.filter((p) => p.score !== null).reduce((most, p) => Math.max(most, p.score), 0)
    const weighed = element("p", { class: "read", tabindex: "0" })
    for (const piece of data.pieces) {
      if (piece.score === null) weighed.append(piece.text)
      else for (const run of runsOf(piece.text, piece.evidence)) weighed.append(run.mark ? element("i", { class: run.mark, text: run.text }) : run.text)
    }
    const verdict = (stops, words, ...more) => element("p", { class: "verdict" }, element("span", { class: stops ? "stop" : "go", text: words }), ...more)
    two.replaceChildren(
      element("div", {}, element("h3", { text: w.list }), list, verdict(hits > 0, hits ? fill(w.hits, { n: hits }) : w.no_hits)),
      element("div", {}, element("h3", { text: w.classifier }), weighed, verdict(top >= threshold, top >= threshold ? w.held : w.through, " · ", element("b", { text: fill(w.score, { n: n2(top) }) }),
        element("small", { class: "keys" }, element("i", { class: "for1", text: `+ ${w.towards}` }), element("i", { class: "off1", text: `− ${w.against}` })))))
    return top
  }
  const kind = (dot) => dot.score >= threshold ? (dot.rude ? "hit" : "alarm") : dot.rude ? "miss" : "passed"
  const describe = (dot) => {
    said.replaceChildren()
    if (!dot) { said.textContent = data.words.hint; return }
    said.append(element("b", { text: quoted(dot.text, data.lang) }), ` · ${dot.rude ? data.words.is_rude : data.words.is_fine} · ${n2(dot.score)} · ${data.words[kind(dot)]}`)
  }
  const drawDots = (top) => {
    const width = Math.max(280, field.clientWidth), edge = 10, x = (score) => edge + score * (width - 2 * edge), middle = HALF + 15
    svg.setAttribute("viewBox", `0 0 ${width} ${2 * middle}`)
    svg.setAttribute("height", 2 * middle)
    const columns = new Map(), highest = { true: 1, false: 1 }, placed = []
    for (const dot of [...shown].sort((a, b) => a.score - b.score)) {
      const column = Math.round(x(dot.score) / GAP), key = `${column}:${dot.rude}`, rank = columns.get(key) ?? 0
      columns.set(key, rank + 1)
      highest[dot.rude] = Math.max(highest[dot.rude], rank + 1)
      placed.push({ dot, at: column * GAP, rank })
    }
    const nodes = [shape("rect", { class: "beyond", x: x(threshold), y: 0, width: Math.max(0, width - x(threshold)), height: 2 * middle }),
      shape("line", { class: "axis", x1: 0, x2: width, y1: middle, y2: middle }),
      shape("text", { x: 0, y: 12, class: "strong", text: data.words.rude_texts }), shape("text", { x: 0, y: 2 * middle - 3, class: "strong", text: data.words.fine_texts })]
    for (const { dot, at, rank } of placed) {
      const step = Math.min(GAP, HALF / highest[dot.rude]), y = middle + (dot.rude ? -1 : 1) * (8 + rank * step)
      const node = dot.rude ? shape("circle", { cx: at, cy: y, r: R }) : shape("rect", { x: at - R + .6, y: y - R + .6, width: 2 * R - 1.2, height: 2 * R - 1.2 })
      node.setAttribute("class", `dot ${kind(dot)}${dot === asked ? " hand" : ""}`)
      const hold = () => { asked = dot; describe(dot) }
      node.addEventListener("pointerenter", hold)
      node.addEventListener("click", hold)
      nodes.push(node)
    }
    nodes.push(shape("line", { class: "bar", x1: x(threshold), x2: x(threshold), y1: 0, y2: 2 * middle }),
      shape("text", { x: x(threshold) + (threshold > .8 ? -6 : 6), y: 12, "text-anchor": threshold > .8 ? "end" : "start", text: `${data.words.threshold} ${n2(threshold)}`, class: "strong" }))
    if (top !== null) nodes.push(shape("path", { class: "mine", d: `M ${x(top)} ${middle - 1} l -7 -12 h 14 z` }), shape("text", { class: "strong", x: x(top), y: middle + 15, "text-anchor": top > .9 ? "end" : top < .1 ? "start" : "middle", text: data.words.yours }))
    svg.replaceChildren(...nodes)
  }
  const drawCounts = () => {
    const n = countsAt(threshold, shown), w = data.words
    const cell = (name, value, bad) => element("div", { class: bad ? "bad" : "" }, element("dt", { text: name }), element("dd", { text: value }))
    counts.replaceChildren(cell(w.hit, number(n.hits, 0, data.lang)), cell(w.miss, number(n.misses, 0, data.lang), true), cell(w.alarm, number(n.alarms, 0, data.lang), true),
      cell(w.passed, number(n.passed, 0, data.lang)), cell(w.precision, percent(n.precision, data.lang)), cell(w.recall, percent(n.recall, data.lang)))
    const misses = shown.filter((d) => kind(d) === "miss").sort((a, b) => a.score - b.score), alarms = shown.filter((d) => kind(d) === "alarm").sort((a, b) => b.score - a.score)
    const column = (title, found) => element("div", {}, element("h3", { text: title }), element("ul", {}, ...(found.length ? found.slice(0, SHOWN).map((d) => element("li", {}, element("span", { text: d.text }), element("span", { text: n2(d.score) }))) : [element("li", { text: w.none })])))
    wrong.replaceChildren(column(fill(w.missed, { n: misses.length }), misses), column(fill(w.alarms, { n: alarms.length }), alarms))
    svg.setAttribute("aria-label", fill(w.spoken, { threshold: n2(threshold), misses: n.misses, alarms: n.alarms }))
    return n
  }
  const redraw = framed(() => {
    if (!data) return
    const top = drawTexts()
    drawDots(data.pieces.some((piece) => piece.score !== null) ? top : null)
    const n = drawCounts()
    range.setAttribute("aria-valuetext", n2(threshold))
    if (!playing) speak(fill(data.words.spoken, { threshold: n2(threshold), misses: n.misses, alarms: n.alarms }))
  })
  /** From the scores before any learning to the last ones, as they were while it learned. */
  const play = () => {
    const course = data.course, begun = performance.now()
    playing += 1
    const turn = playing
    const frame = (now) => {
      if (turn !== playing) return
      const at = Math.min(1, Math.max(0, (now - begun) / PLAY_MS)) * (course.length - 1), from = Math.floor(at), part = at - from
      const next = course[Math.min(course.length - 1, from + 1)]
      shown = data.dots.map((dot, i) => ({ ...dot, score: course[from][i] + part * (next[i] - course[from][i]) }))
      redraw()
      if (at < course.length - 1) requestAnimationFrame(frame)
      else { shown = data.dots; playing = 0; redraw() }
    }
    requestAnimationFrame(frame)
  }
  range.addEventListener("input", () => { threshold = Number(range.value); redraw() })
  range.addEventListener("change", () => keep("threshold", threshold))
  const endLook = onLook(field, redraw)
  let played = ""
  return {
    update(next) {
      const first = !data, moved = !data || data.threshold !== next.threshold
      data = next
      if (moved) { threshold = data.threshold; range.value = threshold }
      range.setAttribute("aria-label", data.words.threshold)
      shown = data.dots
      if (first || !asked) describe(null)
      const course = data.course.length > 1 && data.learned !== played
      played = data.learned
      if (course && !quiet()) play()
      else redraw()
    },
    destroy() { endLook(); redraw.stop(); speak.stop(); playing += 1 },
  }
})
