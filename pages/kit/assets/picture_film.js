// How a picture comes about, as a film under the hand: every step's noisy picture, the model's guess of the end beside
// it, and one line per word of the caption that starts where the reader becomes sure. All frames are here; no drag asks.
import { component, element, fill, framed, number, percent, quiet, speaker } from "./kit.js"
import { canvasOf, paint, PICTURE_CSS, pictures } from "./pixels.js"

const CSS = PICTURE_CSS + `
.scene { display: grid; grid-template-columns: 204px 204px minmax(150px, 1fr); gap: 0 22px; align-items: start; }
figure { margin: 0; } figcaption { font-size: 13px; line-height: 1.3; color: var(--soft); min-height: 19px; margin-bottom: 4px; }
figcaption b { color: var(--ink); font-weight: 600; }
figure canvas.px { width: 100%; aspect-ratio: 1; border-radius: 5px; box-shadow: 0 0 0 1px var(--line); }
.says { display: flex; flex-direction: column; gap: 8px; padding-top: 21px; min-width: 0; }
.says p { margin: 0; } .step { font: 600 19px/1.25 var(--serif); } .step small { display: block; font: 13px/1.35 var(--sans); color: var(--soft); }
.reads { font: 16px/1.35 var(--serif); overflow-wrap: anywhere; min-height: 62px; } .reads small { display: block; font: 13px/1.4 var(--sans); color: var(--soft); }
.verdict { font-size: 14px; line-height: 1.35; padding: 5px 10px; border-left: 3px solid var(--line); } .verdict[hidden] { display: none; }
.verdict.right { border-color: var(--value); } .verdict.wrong { border-color: var(--warn); }
.verdict b { display: block; font-weight: 600; } .verdict.right b::before { content: "✓ "; color: var(--value); } .verdict.wrong b::before { content: "✗ "; color: var(--warn); }
.acts { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center; }
.acts .act { padding: 5px 14px; font-size: 14px; } .acts label { font-size: 14px; color: var(--soft); display: flex; gap: 6px; align-items: center; min-height: 28px; }
.acts input { accent-color: var(--accent); width: 16px; height: 16px; margin: 0; }
.roll { display: grid; grid-template-columns: 104px minmax(0, 1fr); margin-top: 8px; align-items: center; position: relative; }
.roll .name { font-size: 13px; line-height: 1.25; color: var(--soft); text-align: right; padding-right: 10px; }
.roll .name.word { font: 16px/1.2 var(--serif); color: var(--ink); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.cells { display: grid; gap: 2px; touch-action: pan-y; cursor: ew-resize; padding: 1px 0; }
.cells canvas.px { width: min(100%, 44px); aspect-ratio: 1; border-radius: 2px; margin: 0 auto; }
.cells canvas.on { outline: 2px solid var(--accent); outline-offset: 1px; }
.line { position: relative; height: 19px; touch-action: pan-y; cursor: ew-resize; }
.line::before { content: ""; position: absolute; left: var(--half); right: var(--half); top: 9px; border-top: 1px dotted var(--edge); }
.line i { position: absolute; top: 7px; height: 5px; left: var(--from); right: var(--half); background: var(--house); border-radius: 3px; }
.line i::before { content: ""; position: absolute; left: -5px; top: -3px; width: 11px; height: 11px; border-radius: 50%; background: var(--house); }
.line.now i, .line.now i::before { background: var(--value); }
.line small { position: absolute; top: 1px; font-size: 12.5px; line-height: 17px; color: var(--soft); background: var(--card); padding: 0 5px; }
.slide { position: relative; } .slide input { display: block; width: 100%; height: 28px; margin: 0; padding: 0; accent-color: var(--accent); cursor: ew-resize; touch-action: pan-y; }
@media (max-width: 760px) {
  .scene { grid-template-columns: 1fr 1fr; gap: 10px 10px; } .says { grid-column: 1 / -1; padding-top: 0; }
  .reads { min-height: 44px; } .roll { grid-template-columns: 76px minmax(0, 1fr); } .roll .name.word { font-size: 15px; }
  figcaption { min-height: 34px; }
}
`
const FRAME_MS = 320, WHOLE_MS = 4200 // a frame while it plays, and the longest film
const CELL_PX = 34 // a thumbnail is at least so wide

export default component(CSS, (root) => {
  const noisy = canvasOf(32), guess = canvasOf(32)
  const noisyName = element("figcaption"), guessName = element("figcaption")
  const step = element("p", { class: "step" }),
    reads = element("p", { class: "reads" }),
    verdict = element("p", { class: "verdict" })
  const play = element("button", { type: "button", class: "act first", onclick: () => (beat ? halt() : start()) })
  const smooth = element("input", { type: "checkbox", onchange: () => root.classList.toggle("smooth", smooth.checked) })
  const smoothName = element("span")
  const slider = element("input", {
    type: "range",
    min: 0,
    step: 1,
    oninput: () => {
      halt()
      go(Number(slider.value))
    },
  })
  const roll = element("div", { class: "roll" })
  root.append(
    element(
      "div",
      { class: "scene" },
      element("figure", {}, noisyName, noisy),
      element("figure", {}, guessName, guess),
      element(
        "div",
        { class: "says" },
        step,
        reads,
        verdict,
        element("div", { class: "acts" }, play, element("label", {}, smooth, smoothName)),
      ),
    ),
    roll,
  )
  const speak = speaker(root, 1.5)
  let data, signature = "", noisies = [], guesses = [], at = 0, beat = 0, shown = [], cells = [], lines = []

  const last = () => data.times.length - 1
  const say = (key, values) => fill(data.words[key], values)
  const halt = () => {
    clearInterval(beat)
    beat = 0
    if (data) play.textContent = data.words.play
  }
  const start = () => {
    if (at >= last()) go(0)
    play.textContent = data.words.pause
    beat = setInterval(() => {
      go(at + 1)
      if (at >= last()) halt()
    }, Math.min(FRAME_MS, WHOLE_MS / last()))
  }
  const go = (next) => {
    at = Math.max(0, Math.min(last(), next))
    slider.value = at
    draw()
  }

  const draw = framed(() => {
    const n = last(), over = at >= n
    paint(noisy, noisies[at], data.size)
    paint(guess, guesses[at], data.size)
    noisyName.replaceChildren(
      element("b", { text: data.words.picture }),
      " · " + (over ? data.words.finished : say("noise", { share: percent(data.times[at], data.lang) })),
    )
    guessName.replaceChildren(element("b", { text: over ? data.words.end : data.words.guess }))
    step.replaceChildren(
      over
        ? say("done", { n: number(n, 0, data.lang) })
        : say("step", { step: number(at, 0, data.lang), n: number(n, 0, data.lang) }),
      element("small", { text: at === 0 ? data.words.first : over ? data.words.after : data.words.between }),
    )
    reads.replaceChildren(element("small", { text: data.words.reads }), data.seen[at])
    verdict.hidden = !over || !data.verdict
    slider.setAttribute("aria-valuetext", `${step.firstChild.textContent} · ${data.seen[at]}`)
    let nearest = 0
    shown.forEach((frame, place) => {
      if (Math.abs(frame - at) < Math.abs(shown[nearest] - at)) nearest = place
    })
    for (const [place, pair] of cells.entries()) for (const each of pair) each.classList.toggle("on", place === nearest)
    for (const line of lines) line.node.classList.toggle("now", line.from !== null && line.from <= at)
    if (!beat) {
      speak(`${step.firstChild.textContent}. ${data.words.reads} ${data.seen[at]}. ${over ? verdict.textContent : ""}`)
    }
  })

  /** The frames that get a thumbnail: as many as fit, the first and the last among them. */
  const chosen = (width) => {
    const n = last(), most = Math.max(2, Math.min(n + 1, Math.floor(width / (width < 420 ? 22 : CELL_PX))))
    return Array.from({ length: most }, (_, place) => Math.round((place * n) / (most - 1)))
  }
  const drag = (node) => {
    const to = (event) => {
      const box = node.getBoundingClientRect(), half = box.width / shown.length / 2
      halt()
      go(Math.round(((event.clientX - box.left - half) / (box.width - 2 * half)) * last()))
    }
    node.addEventListener("pointerdown", (event) => {
      node.setPointerCapture(event.pointerId)
      to(event)
    })
    node.addEventListener("pointermove", (event) => {
      if (node.hasPointerCapture(event.pointerId)) to(event)
    })
    return node
  }
  const lay = () => {
    const width = Math.max(120, (root.clientWidth || 700) - (root.clientWidth < 640 ? 76 : 104))
    const next = chosen(width)
    if (next.join() === shown.join() && roll.dataset.of === signature) return
    shown = next
    roll.dataset.of = signature
    const half = 100 / shown.length / 2
    roll.style.setProperty("--half", `${half}%`)
    cells = shown.map(
      () => [canvasOf(data.size, { "aria-hidden": "true" }), canvasOf(data.size, { "aria-hidden": "true" })],
    )
    shown.forEach((frame, place) => {
      paint(cells[place][0], noisies[frame], data.size)
      paint(cells[place][1], guesses[frame], data.size)
    })
    const columns = { "grid-template-columns": `repeat(${shown.length}, minmax(0, 1fr))` }
    const rows = [[data.words.row_picture, 0], [data.words.row_guess, 1]].flatMap(([name, which]) => [
      element("span", { class: "name", text: name }),
      drag(element("div", { class: "cells", style: columns }, ...cells.map((pair) => pair[which]))),
    ])
    lines = data.lines.map(({ word, from }) => {
      const left = half + (100 - 2 * half) * ((from ?? 0) / Math.max(1, last()))
      const node = drag(element("div", { class: "line" }))
      const told = from === null
        ? data.words.never
        : from === 0
        ? data.words.from_start
        : from >= last()
        ? data.words.at_end
        : say("from", { step: number(from, 0, data.lang) })
      if (from !== null) node.append(element("i", { style: { "--from": `${left}%` } }))
      const beyond = left > 62
      node.append(
        element("small", {
          text: told,
          style: from === null
            ? { left: "50%", transform: "translateX(-50%)" }
            : beyond
            ? { right: `calc(${100 - left}% + 10px)` }
            : { left: `calc(${left}% + 12px)` },
        }),
      )
      return { node, from, name: element("span", { class: "name word", text: word, title: word }) }
    })
    const track = element("div", { class: "slide" }, slider)
    slider.style.marginLeft = `calc(${half}% - 8px)`
    slider.style.width = `calc(${100 - 2 * half}% + 16px)`
    roll.replaceChildren(
      ...rows,
      element("span", { class: "name", text: data.words.slider }),
      track,
      ...lines.flatMap((line) => [line.name, line.node]),
    )
  }
  const watching = new ResizeObserver(framed(() => {
    if (data) {
      lay()
      draw()
    }
  }))
  watching.observe(root)

  return {
    update(next) {
      const fresh = JSON.stringify([next.noisy, next.guess, next.lines, next.lang, next.seen])
      const first = !data
      data = next
      if (fresh === signature) return
      signature = fresh
      noisies = pictures(data.noisy, data.size)
      guesses = pictures(data.guess, data.size)
      slider.max = last()
      slider.setAttribute("aria-label", data.words.slider)
      smoothName.textContent = data.words.smooth
      verdict.className = `verdict ${data.verdict ? (data.verdict.right ? "right" : "wrong") : ""}`
      verdict.replaceChildren(...(data.verdict ? [element("b", { text: data.verdict.short }), data.verdict.text] : []))
      halt()
      lay()
      go(first && quiet() ? last() : first || data.plays ? 0 : Math.min(at, last()) === 0 ? last() : last())
      if ((first || data.plays) && !quiet()) start()
    },
    destroy() {
      halt()
      watching.disconnect()
      speak.stop()
      draw.stop()
    },
  }
})
