// A list and a classifier judge one text. Below them, test texts as dots along the score axis, and the threshold in
// the visitor's control: scores are sent once, and the threshold's effect is counted here, in the frame it moves.
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
.whole { display: flex; flex-direction: column; }
.field { position: relative; margin-top: 8px; border-top: 1px solid var(--line); padding-top: 6px; }
.legend { display: flex; flex-wrap: wrap; gap: 0 22px; margin: 0; font-size: 13px; color: var(--soft); } .legend b { color: var(--ink); font-weight: 600; }
.legend span { display: inline-flex; align-items: center; gap: 6px; } svg.key { display: inline-block; width: 13px; height: 13px; flex: none; } .counts svg.key { margin-right: 5px; vertical-align: -1px; }
svg { display: block; width: 100%; overflow: visible; } svg text { font: 13px var(--sans); fill: var(--soft); } svg .strong { fill: var(--ink); font-weight: 600; }
.axis { stroke: var(--edge); } .beyond { fill: var(--warn); opacity: .07; } .bar { stroke: var(--ink); stroke-width: 2; }
.dot { stroke-width: 1.5; cursor: pointer; } .dot.hit { fill: var(--accent); stroke: var(--accent); } .dot.passed { fill: var(--card); stroke: var(--edge); }
.dot.miss, .dot.alarm { fill: var(--warn); stroke: var(--warn); } .dot.hand { stroke: var(--ink); stroke-width: 3; }
.mine { fill: var(--key); } .mine.sentence { fill: none; stroke: var(--key); stroke-width: 2; } .lead { stroke: var(--key); stroke-width: 1; stroke-dasharray: 2 3; }
input[type=range] { width: 100%; height: 28px; margin: 0; accent-color: var(--accent); cursor: ew-resize; touch-action: pan-y; }
.said { min-height: 21px; margin: 0; font-size: 14px; color: var(--soft); overflow-wrap: anywhere; } .said b { color: var(--ink); font: 15px var(--serif); }
.counts { display: grid; grid-template-columns: repeat(4, 1fr) 1.7fr 1.7fr; gap: 0 14px; margin: 4px 0 0; }
.counts div { border-top: 3px solid var(--line); padding-top: 3px; } .counts .bad { border-color: var(--warn); }
.counts dt { font-size: 13px; line-height: 1.3; color: var(--soft); } .counts dt b { color: var(--ink); } .counts dd { margin: 0; font: 600 22px/1.2 var(--serif); font-variant-numeric: lining-nums tabular-nums; }
.drag { margin: 2px 0 0; text-align: center; font: 600 14px/1.3 var(--sans); color: var(--accent); }
.unveil { display: flex; gap: 7px; align-items: center; font-size: 14px; color: var(--soft); margin-top: 8px; cursor: pointer; } .unveil input { width: 17px; height: 17px; accent-color: var(--accent); }
.wrong { display: grid; grid-template-columns: 1fr 1fr; gap: 4px 32px; margin-top: 8px; } .wrong ul { list-style: none; margin: 0; padding: 0; }
.wrong li { display: flex; justify-content: space-between; gap: 12px; font: 15px/1.45 var(--serif); border-top: 1px solid var(--line); padding: 2px 0; overflow-wrap: anywhere; } .wrong li span:last-child { font: 13px var(--mono); color: var(--soft); }
@media (max-width: 640px) { .two, .wrong { grid-template-columns: 1fr; } .counts { grid-template-columns: repeat(4, 1fr); gap: 8px 10px; } .counts .rate { grid-column: span 2; } .counts dt { font-size: 12.5px; hyphens: auto; } .read { font-size: 17px; line-height: 1.35; } .field { order: -1; margin: 0 0 10px; border-top: 0; } .verdict .keys { display: none; } }
`
const R = 4.2, GAP = 9.4, HALF = 44, SHOWN = 3, PLAY_MS = 1400
const TOP = 18, FOOT = 21 // strips without dots: for the threshold's label, and for each of the visitor's texts

export default component(CSS, (root, { keep }) => {
  const two = element("div", { class: "two" }),
    field = element("div", { class: "field" }),
    said = element("p", { class: "said" }),
    drag = element("p", { class: "drag" })
  const svg = shape("svg", { role: "img" }), range = element("input", { type: "range", min: 0, max: 1, step: 0.01 })
  const counts = element("dl", { class: "counts" }),
    wrong = element("div", { class: "wrong" }),
    legend = element("p", { class: "legend" })
  const box = element("input", { type: "checkbox" }), unveil = element("label", { class: "unveil" }, box)
  field.append(legend, svg, drag, range, said)
  root.append(element("div", { class: "whole" }, two, field, counts, wrong, unveil))
  const written = (dot) => box.checked || !dot.veiled ? dot.text : dot.veiled
  const speak = speaker(root, 1)
  let data, threshold = 0.5, shown = [], playing = 0, asked = null

  /** The sign of one kind of text, drawn as it is in the field. */
  const sign = (rude, name) =>
    rude ? shape("circle", { cx: 6.5, cy: 6.5, r: R, class: `dot ${name}` }) : shape("rect", {
      x: 6.5 - R + .6,
      y: 6.5 - R + .6,
      width: 2 * R - 1.2,
      height: 2 * R - 1.2,
      class: `dot ${name}`,
    })
  const keyOf = (rude, name) => {
    const drawn = shape("svg", { class: "key", viewBox: "0 0 13 13", "aria-hidden": "true" })
    drawn.append(sign(rude, name))
    return drawn
  }
  const n2 = (value) => number(value, 2, data.lang)
  const drawTexts = () => {
    const w = data.words, hits = data.listed.filter((piece) => piece.hit).length
    const list = element(
      "p",
      { class: "read", tabindex: "0" },
      ...data.listed.map((piece) =>
        piece.hit ? element("mark", { text: piece.text }) : document.createTextNode(piece.text)
      ),
    )
    const top = data.pieces.filter((p) => p.score !== null).reduce((most, p) => Math.max(most, p.score), 0)
    const weighed = element("p", { class: "read", tabindex: "0" })
    for (const piece of data.pieces) {
      if (piece.score === null) weighed.append(piece.text)
      else {for (const run of runsOf(piece.text, piece.evidence)) {
          weighed.append(run.mark ? element("i", { class: run.mark, text: run.text }) : run.text)
        }}
    }
    const verdict = (stops, words, ...more) =>
      element("p", { class: "verdict" }, element("span", { class: stops ? "stop" : "go", text: words }), ...more)
    two.replaceChildren(
      element(
        "div",
        {},
        element("h3", { text: w.list }),
        list,
        verdict(hits > 0, hits ? fill(w.hits, { n: hits }) : w.no_hits),
      ),
      element(
        "div",
        {},
        element("h3", { text: w.classifier }),
        weighed,
        verdict(
          top >= threshold,
          top >= threshold ? w.held : w.through,
          " · ",
          element("b", { text: fill(w.score, { n: n2(top) }) }),
          element(
            "small",
            { class: "keys" },
            element("i", { class: "for1", text: `+ ${w.towards}` }),
            element("i", { class: "off1", text: `− ${w.against}` }),
          ),
        ),
      ),
    )
    return top
  }
  const kind = (dot) => dot.score >= threshold ? (dot.rude ? "hit" : "alarm") : dot.rude ? "miss" : "passed"
  const describe = (dot) => {
    said.replaceChildren()
    if (!dot) {
      said.textContent = data.sentence
        ? fill(data.words.sentence_said, { sentence: data.sentence.text, n: n2(data.sentence.score) }) +
          ` · ${data.sentence.score >= threshold ? data.words.held : data.words.through}. ${data.words.hint}`
        : data.words.hint
      return
    }
    said.append(
      element("b", { text: quoted(written(dot), data.lang) }),
      ` · ${dot.rude ? data.words.is_rude : data.words.is_fine} · ${n2(dot.score)} · ${data.words[kind(dot)]}`,
    )
  }
  const drawDots = (top) => {
    const width = Math.max(280, field.clientWidth),
      edge = 10,
      x = (score) => edge + score * (width - 2 * edge),
      middle = TOP + HALF + 8,
      floor = middle + HALF + 8
    const marks = [[top, data.words.yours, "mine"], [
      data.sentence?.score ?? null,
      data.words.your_sentence,
      "mine sentence",
    ]].filter(([score]) => score !== null)
    const apart = marks.length < 2 || Math.abs(x(marks[0][0]) - x(marks[1][0])) > 170 // room for both labels in one strip
    const height = floor + FOOT * (apart ? 1 : 2)
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`)
    svg.setAttribute("height", height)
    const columns = new Map(), highest = { true: 1, false: 1 }, placed = []
    for (const dot of [...shown].sort((a, b) => a.score - b.score)) {
      const column = Math.round(x(dot.score) / GAP), key = `${column}:${dot.rude}`, rank = columns.get(key) ?? 0
      columns.set(key, rank + 1)
      highest[dot.rude] = Math.max(highest[dot.rude], rank + 1)
      placed.push({ dot, at: column * GAP, rank })
    }
    const nodes = [
      shape("rect", {
        class: "beyond",
        x: x(threshold),
        y: TOP,
        width: Math.max(0, width - x(threshold)),
        height: floor - TOP,
      }),
      shape("line", { class: "axis", x1: 0, x2: width, y1: middle, y2: middle }),
    ]
    for (const { dot, at, rank } of placed) {
      const step = Math.min(GAP, HALF / highest[dot.rude]), y = middle + (dot.rude ? -1 : 1) * (8 + rank * step)
      const node = dot.rude
        ? shape("circle", { cx: at, cy: y, r: R })
        : shape("rect", { x: at - R + .6, y: y - R + .6, width: 2 * R - 1.2, height: 2 * R - 1.2 })
      node.setAttribute("class", `dot ${kind(dot)}${dot === asked ? " hand" : ""}`)
      const hold = () => {
        asked = dot
        describe(dot)
      }
      node.addEventListener("pointerenter", hold)
      node.addEventListener("click", hold)
      nodes.push(node)
    }
    nodes.push(
      shape("text", { x: 0, y: 11, text: width > 560 ? data.words.end_fine : "0" }),
      shape("text", { x: width, y: 11, "text-anchor": "end", text: width > 560 ? data.words.end_rude : "1" }),
    )
    nodes.push(
      shape("line", { class: "bar", x1: x(threshold), x2: x(threshold), y1: TOP - 4, y2: floor }),
      shape("text", {
        x: x(threshold),
        y: 11,
        "text-anchor": threshold > .9 ? "end" : threshold < .1 ? "start" : "middle",
        text: `${data.words.threshold} ${n2(threshold)}`,
        class: "strong",
      }),
    )
    marks.forEach(([score, label, name], i) => {
      const at = x(score), y = floor + (apart ? 0 : FOOT * i), left = at > width - 130
      nodes.push(
        shape("line", { class: "lead", x1: at, x2: at, y1: middle, y2: y + 6 }),
        shape("path", { class: name, d: `M ${at} ${y + 3} l 6 10 h -12 z` }),
        shape("text", {
          class: "strong",
          x: at + (left ? -11 : 11),
          y: y + 14,
          "text-anchor": left ? "end" : "start",
          text: `${label} ${n2(score)}`,
        }),
      )
    })
    svg.replaceChildren(...nodes)
  }
  const drawCounts = () => {
    const n = countsAt(threshold, shown), w = data.words
    const cell = (name, value, kind, strong, key) =>
      element(
        "div",
        { class: kind },
        element("dd", { text: value }),
        element("dt", {}, key ?? "", ...(strong ? [element("b", { text: `${strong}: ` })] : []), name),
      )
    const all = (count) => number(count, 0, data.lang)
    counts.replaceChildren(
      cell(w.hit, all(n.hits), "", "", keyOf(true, "hit")),
      cell(w.miss, all(n.misses), "bad", "", keyOf(true, "miss")),
      cell(w.alarm, all(n.alarms), "bad", "", keyOf(false, "alarm")),
      cell(w.passed, all(n.passed), "", "", keyOf(false, "passed")),
      cell(
        fill(w.precision_said, { n: all(n.hits), all: all(n.hits + n.alarms) }),
        percent(n.precision, data.lang),
        "rate",
        w.precision,
      ),
      cell(
        fill(w.recall_said, { n: all(n.hits), all: all(n.hits + n.misses) }),
        percent(n.recall, data.lang),
        "rate",
        w.recall,
      ),
    )
    const misses = shown.filter((d) => kind(d) === "miss").sort((a, b) => a.score - b.score),
      alarms = shown.filter((d) => kind(d) === "alarm").sort((a, b) => b.score - a.score)
    const column = (title, found) =>
      element(
        "div",
        {},
        element("h3", { text: title }),
        element(
          "ul",
          {},
          ...(found.length
            ? found.slice(0, SHOWN).map((d) =>
              element("li", {}, element("span", { text: written(d) }), element("span", { text: n2(d.score) }))
            )
            : [element("li", { text: w.none })]),
        ),
      )
    wrong.replaceChildren(
      column(fill(w.missed, { n: misses.length }), misses),
      column(fill(w.alarms, { n: alarms.length }), alarms),
    )
    svg.setAttribute("aria-label", fill(w.spoken, { threshold: n2(threshold), misses: n.misses, alarms: n.alarms }))
    return n
  }
  const redraw = framed(() => {
    if (!data) return
    const top = drawTexts()
    drawDots(data.pieces.some((piece) => piece.score !== null) ? top : null)
    const n = drawCounts(), w = data.words
    const key = (name, ...signs) => element("span", {}, ...signs.map(([rude, as]) => keyOf(rude, as)), name)
    legend.replaceChildren(
      key(w.rude_text, [true, "hit"]),
      key(w.fine_text, [false, "passed"]),
      key(w.wrong_text, [true, "miss"], [false, "alarm"]),
    )
    unveil.replaceChildren(box, w.unveil)
    drag.textContent = w.drag
    if (!asked) describe(null)
    range.setAttribute("aria-valuetext", n2(threshold))
    if (!playing) speak(fill(data.words.spoken, { threshold: n2(threshold), misses: n.misses, alarms: n.alarms }))
  })
  /** From the scores before any training to the final ones, as they were during training. */
  const play = () => {
    const course = data.course, begun = performance.now()
    playing += 1
    const turn = playing
    const frame = (now) => {
      if (turn !== playing) return
      const at = Math.min(1, Math.max(0, (now - begun) / PLAY_MS)) * (course.length - 1),
        from = Math.floor(at),
        part = at - from
      const next = course[Math.min(course.length - 1, from + 1)]
      shown = data.dots.map((dot, i) => ({ ...dot, score: course[from][i] + part * (next[i] - course[from][i]) }))
      redraw()
      if (at < course.length - 1) requestAnimationFrame(frame)
      else {
        shown = data.dots
        playing = 0
        redraw()
      }
    }
    requestAnimationFrame(frame)
  }
  box.addEventListener("change", () => {
    redraw()
    describe(asked)
  })
  range.addEventListener("input", () => {
    threshold = Number(range.value)
    redraw()
  })
  range.addEventListener("change", () => keep("threshold", threshold))
  const endLook = onLook(field, redraw)
  let played = ""
  return {
    update(next) {
      const first = !data, moved = !data || data.threshold !== next.threshold
      data = next
      if (moved) {
        threshold = data.threshold
        range.value = threshold
      }
      range.setAttribute("aria-label", data.words.threshold)
      shown = data.dots
      if (first || !asked) describe(null)
      const course = data.course.length > 1 && data.learned !== played
      played = data.learned
      if (course && !quiet()) play()
      else redraw()
    },
    destroy() {
      endLook()
      redraw.stop()
      speak.stop()
      playing += 1
    },
  }
})
