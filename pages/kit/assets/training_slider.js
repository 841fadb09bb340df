// One prompt through training time: drag the slider, and noise becomes language.
// All texts share one grid cell, so nothing on the page moves while the slider does.
import { colours, component, element, onLook, quiet, shape, speaker } from "./kit.js"
import { legendOf, MARKED, marked } from "./marked.js"

const CSS = MARKED + `
.texts { display: grid; margin: 6px 0 12px; }
.texts p { grid-area: 1 / 1; margin: 0; font: 26px/1.42 var(--serif); color: var(--accent); visibility: hidden; overflow-wrap: anywhere; white-space: pre-wrap; }
.texts.compact p { font-size: 20px; } @container (max-width: 520px) { .texts.compact p { font-size: 17px; } .numbers { gap: 8px 18px; } .numbers div { flex: 1 1 0; min-width: 84px; } .numbers dd { font-size: 21px; } }
.room { container-type: inline-size; }
.texts p.now { visibility: visible; }
.texts p b { font-weight: 400; color: var(--ink); }
.texts p.now::after { content: "▏"; color: var(--accent); animation: blink 1.1s steps(2, jump-none) infinite; }
@keyframes blink { to { opacity: 0; } }
.line { display: block; width: 100%; height: 40px; overflow: visible; }
.where { margin: 0; min-height: 1.35em; font-size: 13px; line-height: 1.35; color: var(--soft); font-variant-numeric: tabular-nums; }
.time { display: grid; grid-template-columns: auto 1fr auto auto; align-items: center; gap: 4px 14px; }
.time .mid { position: relative; min-width: 0; }
input[type=range] { width: 100%; height: 28px; margin: 0; accent-color: var(--accent); cursor: pointer; touch-action: pan-y; }
.ticks { display: flex; justify-content: space-between; padding: 0 8px; height: 6px; margin-top: -4px; }
.ticks i { width: 1px; background: var(--line); } .ticks i.now { background: var(--accent); width: 2px; }
.end { font-size: 13px; color: var(--soft); white-space: nowrap; }
.play { min-width: 44px; padding: 6px 10px; }
.numbers { display: flex; flex-wrap: wrap; gap: 10px 36px; margin: 14px 0 0; }
.numbers div { min-width: 5.5em; } .numbers dt { font-size: 13px; color: var(--soft); line-height: 1.3; }
.numbers dd { margin: 0; font: 600 26px/1.15 var(--serif); font-variant-numeric: lining-nums tabular-nums; }
.numbers div { display: flex; flex-direction: column-reverse; justify-content: flex-end; }
@media (max-width: 560px) {
  .texts p { font-size: 20px; } .time { grid-template-columns: 1fr auto auto; } .time .mid { grid-column: 1 / -1; grid-row: 1; }
  .numbers { gap: 10px 20px; } .numbers dd { font-size: 21px; }
}
`
const BEAT_MS = 1100

export default component(CSS, (root, { keep }) => {
  const texts = element("div", { class: "texts" })
  const range = element("input", { type: "range", min: 0, step: 1 })
  const ticks = element("div", { class: "ticks", "aria-hidden": "true" })
  const line = shape("svg", { class: "line", "aria-hidden": "true" })
  const where = element("p", { class: "where" })
  const mid = element("div", { class: "mid" }, where, line, range, ticks)
  const begin = element("span", { class: "end" }), end = element("span", { class: "end" })
  const play = element("button", { type: "button", class: "act play" })
  const numbers = element("dl", { class: "numbers" })
  const legend = element("p", { class: "legend" })
  const room = element("div", { class: "room" })
  root.append(room)
  room.append(texts, legend, element("div", { class: "time" }, begin, mid, end, play), numbers)
  const speak = speaker(root, 1.2)
  let data, at = -1, beat = 0, drawn = "", played = false

  const show = (index) => {
    at = Math.min(data.checkpoints.length - 1, Math.max(0, index))
    const checkpoint = data.checkpoints[at]
    ;[...texts.children].forEach((p, i) => p.classList.toggle("now", i === at))
    ;[...ticks.children].forEach((tick, i) => tick.classList.toggle("now", i === at))
    range.value = at
    range.setAttribute("aria-valuetext", checkpoint.label)
    begin.textContent = data.words.begin || checkpoint.label
    numbers.replaceChildren(
      ...checkpoint.numbers.map(({ value, label }) =>
        element("div", {}, element("dt", { text: label }), element("dd", { text: value }))
      ),
    )
    legend.replaceChildren(...legendOf(data.words, ["wrong", "untrue"].filter((kind) => checkpoint[kind]?.length)))
    mark()
  }
  /** The surprise of every checkpoint as a thin line above the slider, so that its fall is visible next to the text. */
  const mark = () => {
    const values = data.checkpoints.map((c) => c.surprise)
    const usable = values.filter(Number.isFinite)
    line.style.display = where.style.display = usable.length < 2 ? "none" : ""
    if (usable.length < 2) return
    const width = line.clientWidth || 300, height = 40, colour = colours(root)
    const low = Math.min(...usable), high = Math.max(...usable)
    const x = (i) => 8 + (width - 16) * (values.length < 2 ? 0 : i / (values.length - 1))
    const y = (v) => 6 + (height - 12) * (1 - (v - low) / ((high - low) || 1))
    const path = (list) => "M" + list.map(([i, v]) => `${x(i).toFixed(1)} ${y(v).toFixed(1)}`).join("L")
    const all = values.map((v, i) => [i, v]).filter(([, v]) => Number.isFinite(v))
    const parts = [
      shape("path", { d: path(all), fill: "none", stroke: colour("line"), "stroke-width": 2 }),
      shape("path", {
        d: path(all.filter(([i]) => i <= at)),
        fill: "none",
        stroke: colour("train"),
        "stroke-width": 2.2,
      }),
    ]
    if (Number.isFinite(values[at])) {
      parts.push(shape("circle", { cx: x(at), cy: y(values[at]), r: 4.5, fill: colour("train") }))
    }
    // Above the line and not in it: on a phone it is longer than the picture is wide.
    const label = data.checkpoints[at].surprise_label ?? "", onRight = x(at) > width * 0.5
    where.textContent = label
    where.style.textAlign = onRight ? "right" : ""
    where.style.marginLeft = onRight ? "" : `${Math.max(0, Math.min(x(at), width - 7 * label.length))}px`
    line.replaceChildren(...parts)
  }
  const build = () => {
    texts.replaceChildren(...data.checkpoints.map((checkpoint) => {
      return element("p", {}, ...marked(data.prompt, checkpoint.text, checkpoint.wrong, checkpoint.untrue))
    }))
    ticks.replaceChildren(...data.checkpoints.map(() => element("i")))
    texts.classList.toggle("compact", Boolean(data.compact))
    legend.hidden = !data.words.wrong
    legend.style.display = legend.hidden ? "none" : ""
    range.max = data.checkpoints.length - 1
    end.textContent = data.words.end
  }
  const pause = () => {
    clearInterval(beat)
    beat = 0
    face()
  }
  const face = () => {
    play.textContent = beat ? "❚❚" : "▶"
    play.setAttribute("aria-label", beat ? data.words.pause : data.words.play)
  }
  const start = () => {
    clearInterval(beat)
    if (at >= data.checkpoints.length - 1) show(0)
    beat = setInterval(() => {
      if (document.hidden) return
      show(at + 1)
      if (at >= data.checkpoints.length - 1) {
        pause()
        told()
      }
    }, BEAT_MS)
    face()
  }
  const told = () => {
    const checkpoint = data.checkpoints[at]
    speak(`${checkpoint.label}: ${data.prompt}${checkpoint.text}`)
  }
  play.addEventListener("click", () => (beat ? pause() : start()))
  range.addEventListener("input", () => {
    pause()
    show(Number(range.value))
    told()
  })
  range.addEventListener("change", () => data.remembers && keep("checkpoint", at))
  const endLook = onLook(line, () => data && mark())

  return {
    update(next) {
      data = next
      range.setAttribute("aria-label", data.words.slider)
      const signature = JSON.stringify([data.prompt, data.checkpoints])
      if (signature !== drawn) {
        const fresh = drawn === ""
        drawn = signature
        build()
        show(fresh ? data.start : at)
      }
      face()
      if (data.autoplay && !played && !quiet()) {
        played = true
        show(0)
        start()
      }
    },
    destroy() {
      clearInterval(beat)
      endLook()
      speak.stop()
    },
  }
})
