// A row of pictures from one end to the other under a slider: all are here, so a drag asks nobody.
import { component, element, fill, percent, speaker } from "./kit.js"
import { canvasOf, paint, PICTURE_CSS, pictures } from "./pixels.js"

const CSS = PICTURE_CSS + `
.blend { display: grid; grid-template-columns: 224px minmax(0, 1fr); gap: 0 24px; align-items: center; }
.big { width: 100%; aspect-ratio: 1; border-radius: 5px; box-shadow: 0 0 0 1px var(--line); }
.row { display: grid; gap: 2px; cursor: ew-resize; touch-action: pan-y; } .row canvas.px { width: 100%; aspect-ratio: 1; border-radius: 2px; }
.row canvas.on { outline: 2px solid var(--accent); outline-offset: 1px; }
input { width: 100%; height: 30px; margin: 0; accent-color: var(--accent); cursor: ew-resize; touch-action: pan-y; }
.ends { display: flex; justify-content: space-between; gap: 20px; font: 16px/1.35 var(--serif); } .ends span { max-width: 48%; overflow-wrap: anywhere; } .ends span:last-child { text-align: right; }
.now { margin: 8px 0 0; font: 16px/1.35 var(--serif); min-height: 44px; } .now small { display: block; font: 13px/1.4 var(--sans); color: var(--soft); }
@media (max-width: 760px) { .blend { grid-template-columns: 1fr; gap: 10px; } .big { max-width: 240px; margin: 0 auto; } }
`

export default component(CSS, (root) => {
  const big = canvasOf(32, { class: "big" }), row = element("div", { class: "row" })
  const slider = element("input", { type: "range", min: 0, step: 1, oninput: () => draw() })
  const first = element("span"), second = element("span"), now = element("p", { class: "now" })
  root.append(
    element(
      "div",
      { class: "blend" },
      big,
      element("div", {}, row, slider, element("div", { class: "ends" }, first, second), now),
    ),
  )
  const speak = speaker(root, 1)
  let data, all = [], cells = []
  const draw = () => {
    const at = Number(slider.value), share = at / (all.length - 1)
    paint(big, all[at], data.size)
    cells.forEach((cell, place) => cell.classList.toggle("on", place === at))
    const where = fill(data.words.share, { share: percent(share, data.lang) })
    now.replaceChildren(element("small", { text: `${where} · ${data.words.reads}` }), data.seen[at] ?? "")
    slider.setAttribute("aria-valuetext", `${where}. ${data.seen[at] ?? ""}`)
    speak(`${where}. ${data.words.reads} ${data.seen[at] ?? ""}`)
  }
  const to = (event) => {
    const box = row.getBoundingClientRect()
    slider.value = Math.floor(((event.clientX - box.left) / box.width) * all.length)
    draw()
  }
  row.addEventListener("pointerdown", (event) => {
    row.setPointerCapture(event.pointerId)
    to(event)
  })
  row.addEventListener("pointermove", (event) => {
    if (row.hasPointerCapture(event.pointerId)) to(event)
  })
  return {
    update(next) {
      const fresh = !data || next.pictures !== data.pictures
      data = next
      all = pictures(data.pictures, data.size)
      slider.max = all.length - 1
      slider.setAttribute("aria-label", data.label)
      first.textContent = data.first
      second.textContent = data.second
      if (fresh) {
        cells = all.map((picture) => {
          const cell = canvasOf(data.size, { "aria-hidden": "true" })
          paint(cell, picture, data.size)
          return cell
        })
        row.style.gridTemplateColumns = `repeat(${all.length}, minmax(0, 1fr))`
        row.replaceChildren(...cells)
        slider.value = Math.floor(all.length / 2)
      }
      draw()
    },
    destroy() {
      speak.stop()
    },
  }
})
