// A picture on its way through the stages of step 6: six stations in a row, the chosen one large below.
// The filter's threshold is in the visitor's hand: what it stops is counted here, in the frame it moves.
import { component, element, fill, number, percent, shape, speaker } from "./kit.js"

const CSS = `
.way { display: grid; grid-template-columns: repeat(6, minmax(0, 1fr)); gap: 10px; margin: 0; padding: 0; list-style: none; }
.way li { position: relative; } .way li + li::before { content: ""; position: absolute; left: -11px; top: 40px; width: 12px; border-top: 2px solid var(--edge); }
.stop { display: grid; grid-template-columns: 62px minmax(0, 1fr); gap: 2px 9px; align-items: center; width: 100%; height: 80px; padding: 8px; text-align: left; background: var(--paper); border: 1px solid var(--line); border-radius: 9px; }
.stop:hover { border-color: var(--edge); } .stop[aria-selected=true] { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); background: var(--card); }
.stop > span:first-child { grid-row: 1 / 3; width: 62px; height: 62px; border-radius: 5px; overflow: hidden; background: var(--card); display: grid; place-items: center; border: 1px solid var(--line); }
.stop img { width: 100%; height: 100%; display: block; } .stop .said { font: 10px/1.2 var(--serif); padding: 4px; overflow: hidden; max-height: 100%; overflow-wrap: anywhere; } .stop .kind { font: 600 19px var(--serif); color: var(--accent); }
.stop b { align-self: end; font: 600 14px/1.2 var(--sans); hyphens: auto; overflow-wrap: break-word; } .stop small { align-self: start; font-size: 12.5px; line-height: 1.25; color: var(--soft); }
.stop small i { font-style: normal; font-weight: 700; } .passed i, .changed i { color: var(--value); } .marked i, .held_back i { color: var(--warn); }
.off .stop { border-style: dashed; background: none; } .off .stop b { color: var(--soft); font-weight: 400; } .off .stop > span:first-child { filter: grayscale(1); } .off .stop img { opacity: .4; } .off .stop .kind { color: var(--soft); }
.open { display: grid; grid-template-columns: auto minmax(260px, 1fr); gap: 8px 32px; margin-top: 16px; min-height: 282px; align-items: start; }
.shots { display: flex; gap: 14px; flex-wrap: wrap; } figure { margin: 0; } figure .box { position: relative; width: 250px; height: 250px; border-radius: 6px; overflow: hidden; background: var(--paper); border: 1px solid var(--line); }
.shots.many .box { width: 206px; height: 206px; } .box img { display: block; width: 100%; height: 100%; } .heat img { filter: grayscale(1) brightness(.92) contrast(1.15); } .heat text { font: 600 .62px var(--sans); fill: #fff; }
.sharp { image-rendering: pixelated; } .box svg { position: absolute; inset: 0; width: 100%; height: 100%; }
figcaption { font-size: 13px; line-height: 1.35; color: var(--soft); max-width: 250px; margin-top: 3px; } .many figcaption { max-width: 206px; } figcaption b { color: var(--ink); font-weight: 600; }
.told h3 { font: 600 21px/1.25 var(--serif); margin: 0 0 3px; } .told p { margin: 0 0 7px; max-width: 44em; } .told .why { color: var(--soft); font-size: 14px; }
.caption { font: 21px/1.75 var(--serif); overflow-wrap: anywhere; } .caption span { white-space: pre-wrap; padding-bottom: 1px; } .caption sup { font: 600 12px var(--sans); margin-left: 1px; }
.caption .kept { border-bottom: 3px solid var(--value); } .caption .kept sup { color: var(--value); } .caption .broken, .caption .bad { border-bottom: 3px double var(--warn); background: color-mix(in srgb, var(--warn) 14%, var(--card)); } .caption .broken sup, .caption .bad sup { color: var(--warn); }
.caption .unreadable { border-bottom: 3px dotted var(--edge); } .caption .not_shown { border-bottom: 1px dashed var(--edge); } .caption .unreadable sup, .caption .not_shown sup { color: var(--soft); }
.key { display: flex; flex-wrap: wrap; gap: 2px 18px; font-size: 13px; color: var(--soft); margin: 0 0 7px; padding: 0; list-style: none; } .key b { font-weight: 600; color: var(--ink); }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(126px, max-content)); gap: 8px 26px; margin: 4px 0 6px; } dl div { display: flex; flex-direction: column-reverse; justify-content: flex-end; } dt { font-size: 13px; line-height: 1.3; color: var(--soft); max-width: 172px; } dd { margin: 0; font: 600 20px/1.2 var(--serif); font-variant-numeric: lining-nums tabular-nums; }
.gauge { max-width: 560px; } .gauge svg { display: block; width: 100%; height: 40px; overflow: visible; } .gauge text { font: 13px var(--sans); fill: var(--soft); } .gauge .strong { fill: var(--ink); font-weight: 600; } .rail { stroke: var(--line); stroke-width: 8; stroke-linecap: round; } .over { stroke: var(--warn); opacity: .35; stroke-width: 8; } .at { fill: var(--key); } .bar { stroke: var(--ink); stroke-width: 2; }
input[type=range] { width: 100%; height: 26px; margin: 0; accent-color: var(--accent); cursor: ew-resize; touch-action: pan-y; } .gauge label { font: 600 14px var(--sans); color: var(--accent); }
.verdict { font: 600 17px/1.35 var(--serif); } .verdict.stopped::before { content: "■ "; color: var(--warn); } .verdict.through::before { content: "▷ "; color: var(--value); }
@media (max-width: 900px) { .way { grid-template-columns: repeat(3, minmax(0, 1fr)); } .way li:nth-child(4)::before { display: none; } .open { grid-template-columns: minmax(0, 1fr); } }
@media (max-width: 640px) { .way { gap: 6px; } .way li::before { display: none; } .stop { grid-template-columns: minmax(0, 1fr); height: 100%; padding: 6px; gap: 1px; align-content: start; } .stop > span:first-child { grid-row: auto; width: 44px; height: 44px; } .stop .said { font-size: 8px; padding: 3px; } .stop .kind { font-size: 13px; } .stop b { font-size: 13px; } .stop small { font-size: 12px; }
  .shots { flex-wrap: nowrap; overflow-x: auto; } .shots .box, .shots.many .box { width: 168px; height: 168px; } figcaption, .many figcaption { max-width: 168px; } .caption { font-size: 18px; } .open { margin-top: 12px; } .told h3 { font-size: 18px; } }
`
const SIGNS = { passed: "✓", changed: "✓", marked: "!", held_back: "■", skipped: "–" }
const WORD_SIGNS = { kept: "✓", broken: "✗", bad: "✗", unreadable: "?", not_shown: "–" }

export default component(CSS, (root, { keep }) => {
  const way = element("ol", { class: "way", role: "tablist" }),
    open = element("div", { class: "open", role: "tabpanel", tabindex: "-1" })
  root.append(way, open)
  const speak = speaker(root, 1)
  let data, chosen = "", threshold = 0.5, touched = false, playing = 0

  const held = () => { // the first stage that lets nothing through, with the threshold as it stands now
    for (const stage of data.stages) {
      if (stage.outcome === "held_back") return stage.key
      if (stage.gauge && stage.gauge.score >= threshold) return stage.key
    }
    return ""
  }
  const outcome = (stage) => !stage.gauge ? stage.outcome : stage.gauge.score >= threshold ? "held_back" : "passed"
  const reached = (stage) => {
    const at = held(), keys = data.stages.map((each) => each.key)
    return !stage.empty && (!at || keys.indexOf(stage.key) <= keys.indexOf(at))
  }
  const select = (key, byHand = true) => {
    touched ||= byHand
    chosen = key
    redraw()
    if (byHand) way.querySelector("[aria-selected=true]")?.focus()
  }
  const onKeys = (event) => {
    const keys = data.stages.map((each) => each.key), step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (step) {
      event.preventDefault()
      select(keys[(keys.indexOf(chosen) + step + keys.length) % keys.length])
    }
  }
  const picture = (shot) => {
    const image = element("img", { src: shot.src, alt: shot.alt ?? "", class: shot.sharp ? "sharp" : null })
    const box = element("div", { class: shot.heat ? "box heat" : "box" }, image)
    if (shot.heat) box.append(heat(shot.heat))
    return element(
      "figure",
      {},
      box,
      element("figcaption", {}, element("b", { text: shot.name }), shot.about ? ` ${shot.about}` : ""),
    )
  }
  const heat = (rows) => { // which patches the score hangs on: + where covering them lowers it
    const top = Math.max(0.5, ...rows.flat().map(Math.abs)), n = rows.length
    const cells = rows.flatMap((row, y) =>
      row.flatMap((value, x) =>
        Math.abs(value) < top * .15 ? [] : [
          shape("rect", {
            x,
            y,
            width: 1,
            height: 1,
            fill: value > 0 ? "#e2512f" : "#2f8be2",
            opacity: .2 + .6 * Math.abs(value) / top,
          }),
          shape("text", { x: x + .5, y: y + .72, "text-anchor": "middle", text: value > 0 ? "+" : "−" }),
        ]
      )
    )
    return shape("svg", { viewBox: `0 0 ${n} ${n}`, preserveAspectRatio: "none", "aria-hidden": "true" }, ...cells)
  }
  const captioned = (pieces) => {
    const line = element("p", { class: "caption" })
    for (const piece of pieces) {
      const span = element("span", { class: piece.kind || null, text: piece.text })
      if (piece.kind) span.append(element("sup", { text: WORD_SIGNS[piece.kind], "aria-label": piece.said }))
      line.append(span)
    }
    return line
  }
  const thumb = (stage) => {
    const box = element("span", {})
    if (stage.thumb) box.append(element("img", { src: stage.thumb, alt: "", class: stage.sharp ? "sharp" : null }))
    else if (stage.said) box.append(element("span", { class: "said", text: stage.said }))
    else box.append(element("span", { class: "kind", text: stage.kind ?? "" }))
    return box
  }
  const drawWay = () => {
    const keys = [...way.children]
    if (keys.length !== data.stages.length) {
      way.replaceChildren(...data.stages.map(() => element("li", { role: "presentation" })))
    }
    data.stages.forEach((stage, i) => {
      const on = reached(stage), result = on ? outcome(stage) : "skipped", item = way.children[i]
      item.className = on ? result : "off"
      const said = !on ? data.words.not_reached : stage.gauge && result === "held_back" ? data.words.held : stage.short
      const button = element(
        "button",
        {
          class: "stop",
          role: "tab",
          "aria-selected": String(stage.key === chosen),
          tabindex: stage.key === chosen ? "0" : "-1",
          onclick: () => select(stage.key),
          onkeydown: onKeys,
        },
        thumb(stage),
        element("b", { text: stage.name }),
        element("small", {}, element("i", { text: `${SIGNS[result]} ` }), said),
      )
      item.replaceChildren(button)
    })
  }
  const drawGauge = (gauge) => {
    const w = data.words, n2 = (value) => number(value, 2, data.lang)
    const range = element("input", {
      type: "range",
      min: 0.02,
      max: 0.98,
      step: 0.02,
      value: threshold,
      "aria-label": w.threshold,
    })
    const svg = shape("svg", { viewBox: "0 0 560 40", role: "img" }),
      counts = element("dl", {}),
      verdict = element("p", {})
    const show = () => {
      const x = (value) => 10 + value * 540, stops = gauge.score >= threshold, left = gauge.score > .8
      svg.setAttribute("aria-label", `${w.score} ${gauge.shown}, ${w.threshold} ${n2(threshold)}`)
      svg.replaceChildren(
        shape("line", { class: "rail", x1: 10, x2: 550, y1: 20, y2: 20 }),
        shape("line", { class: "over", x1: x(threshold), x2: 550, y1: 20, y2: 20 }),
        shape("line", { class: "bar", x1: x(threshold), x2: x(threshold), y1: 8, y2: 32 }),
        shape("circle", { class: "at", cx: x(gauge.score), cy: 20, r: 8 }),
        shape("text", {
          class: "strong",
          x: x(gauge.score) + (left ? -14 : 14),
          y: 7,
          "text-anchor": left ? "end" : "start",
          text: `${w.score} ${gauge.shown}`,
        }),
      )
      const at = gauge.curve.reduce((best, row) =>
        Math.abs(row[0] - threshold) < Math.abs(best[0] - threshold) ? row : best
      )
      const cell = (name, value) => element("div", {}, element("dt", { text: name }), element("dd", { text: value }))
      counts.replaceChildren(
        cell(w.missed, percent(at[1], data.lang, 1)),
        cell(w.alarms, percent(at[2], data.lang, 1)),
        cell(w.threshold, n2(threshold)),
      )
      verdict.className = `verdict ${stops ? "stopped" : "through"}`
      verdict.textContent = stops ? w.held : w.through
      speak(`${w.threshold} ${n2(threshold)}. ${verdict.textContent}`)
    }
    range.addEventListener("input", () => {
      touched = true
      threshold = Number(range.value)
      show()
      drawWay()
    })
    range.addEventListener("change", () => keep("threshold", threshold))
    show()
    return element("div", { class: "gauge" }, verdict, svg, element("label", {}, w.drag, range), counts)
  }
  const drawOpen = () => {
    const stage = data.stages.find((each) => each.key === chosen), w = data.words
    const shots = element("div", {
      tabindex: 0,
      role: "group",
      "aria-label": stage.name,
      class: `shots${stage.shots.length > 1 ? " many" : ""}`,
    }, ...(reached(stage) ? stage.shots.map(picture) : []))
    const told = element("div", { class: "told" }, element("h3", { text: stage.title }))
    if (!reached(stage)) told.append(element("p", { text: w.not_reached_long }))
    else {
      if (stage.pieces) told.append(captioned(stage.pieces))
      if (stage.key_of) {
        told.append(element(
          "ul",
          { class: "key" },
          ...stage.key_of.map(([kind, name, n]) =>
            element("li", {}, `${WORD_SIGNS[kind]} `, element("b", { text: number(n, 0, data.lang) }), ` ${name}`)
          ),
        ))
      }
      for (const line of stage.lines) told.append(element("p", { text: line }))
      if (stage.gauge) told.append(drawGauge(stage.gauge))
      if (stage.rows.length) {
        told.append(element(
          "dl",
          {},
          ...stage.rows.map(([name, value]) =>
            element("div", {}, element("dt", { text: name }), element("dd", { text: value }))
          ),
        ))
      }
      if (stage.why) told.append(element("p", { class: "why", text: stage.why }))
    }
    open.replaceChildren(...(shots.children.length ? [shots, told] : [told]))
    open.style.gridTemplateColumns = shots.children.length ? "" : "minmax(0, 1fr)"
    open.setAttribute("aria-label", stage.name)
  }
  const redraw = () => {
    drawWay()
    drawOpen()
  }
  /** Watching: one station after the other, until a hand takes over. */
  const play = () => {
    clearInterval(playing)
    if (!data.plays || matchMedia("(prefers-reduced-motion: reduce)").matches) return
    playing = setInterval(() => {
      if (touched || !root.isConnected) return clearInterval(playing)
      const keys = data.stages.filter(reached).map((each) => each.key)
      select(keys[(keys.indexOf(chosen) + 1) % keys.length], false)
    }, 4200)
  }
  return {
    update(next) {
      const first = !data
      data = next
      if (first) {
        threshold = data.threshold
        chosen = data.chosen
        play()
      }
      if (!data.stages.some((each) => each.key === chosen)) chosen = data.stages[0].key
      const at = held()
      if (at && !touched) chosen = at
      root.querySelector(".way").setAttribute("aria-label", data.words.way)
      const focused = root.getRootNode().activeElement?.classList?.contains("stop")
      redraw()
      if (focused) way.querySelector("[aria-selected=true]")?.focus()
      speak(
        fill(at ? data.words.spoken_held : data.words.spoken_through, {
          stage: data.stages.find((each) => each.key === at)?.name ?? "",
        }),
      )
    },
    destroy() {
      clearInterval(playing)
      speak.stop()
    },
  }
})
