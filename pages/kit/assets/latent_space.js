// A picture, its latents, and what comes back. A cell under the pointer is framed in the pictures too; a click chooses it.
import { component, element, fill, number, speaker } from "./kit.js"
import { canvasOf, paint, PICTURE_CSS, pictures } from "./pixels.js"

const CSS = PICTURE_CSS + `
.way { display: grid; grid-template-columns: minmax(0, 1fr) auto minmax(0, 1fr) auto minmax(0, 1fr) minmax(0, 1fr); gap: 6px 12px; align-items: start; }
figure { margin: 0; min-width: 0; } figcaption { font-size: 13px; line-height: 1.35; color: var(--soft); margin-top: 5px; min-height: 2.7em; } figcaption b { color: var(--ink); font-weight: 600; display: block; }
.frame { position: relative; } .frame canvas.px { width: 100%; aspect-ratio: 1; border-radius: 5px; box-shadow: 0 0 0 1px var(--line); }
.mark { position: absolute; outline: 2px solid var(--accent); outline-offset: -1px; pointer-events: none; display: none; } .mark.far { outline-style: dashed; outline-width: 1px; }
.arrow { color: var(--soft); font-size: 20px; align-self: center; padding-bottom: 36px; }
.four { display: grid; grid-template-columns: 1fr 1fr; gap: 8px; }
.grid { position: relative; cursor: pointer; touch-action: manipulation; } .grid i { font: 11px/1 var(--mono); color: var(--soft); position: absolute; right: 3px; bottom: 3px; background: var(--card); border-radius: 3px; padding: 1px 3px; font-style: normal; pointer-events: none; }
.scale { display: flex; align-items: center; gap: 8px; font-size: 12px; color: var(--soft); margin: 5px 0 0; } .scale span:nth-child(2) { height: 8px; flex: 1; border-radius: 4px; background: linear-gradient(90deg, rgb(32,92,164), rgb(246,244,239), rgb(186,84,32)); }
@media (max-width: 760px) { .way { grid-template-columns: 1fr 1fr; gap: 10px; } .arrow { display: none; } figcaption { min-height: 0; } }
`

export default component(CSS, (root, { keep }) => {
  let data, chosen = null
  const marks = [], grids = []
  const framed = (label) => {
    const canvas = canvasOf(64), near = element("div", { class: "mark" }), caption = element("figcaption")
    marks.push(near)
    return {
      canvas,
      caption,
      figure: element("figure", {}, element("div", { class: "frame" }, canvas, near), caption),
      label,
    }
  }
  const [given, again, off] = ["given", "again", "off"].map(framed)
  const four = element("div", { class: "four" }), cells = element("figcaption")
  const arrow = () => element("span", { class: "arrow", "aria-hidden": "true", text: "→" })
  const low = element("span"), high = element("span")
  const scale = element("p", { class: "scale", "aria-hidden": "true" }, low, element("span"), high)
  root.append(
    element(
      "div",
      { class: "way" },
      given.figure,
      arrow(),
      element("figure", {}, four, scale, cells),
      arrow(),
      again.figure,
      off.figure,
    ),
  )
  const speak = speaker(root, 0.4)
  const place = (mark, row, column) => {
    const part = 100 / data.side
    Object.assign(mark.style, {
      display: "block",
      left: `${column * part}%`,
      top: `${row * part}%`,
      width: `${part}%`,
      height: `${part}%`,
    })
  }
  const said = (at) => {
    const [z, row, column] = at
    return fill(data.words.cell, {
      z: z + 1,
      row: row + 1,
      column: column + 1,
      value: number(data.values[(z * data.side + row) * data.side + column], 2, data.lang),
    })
  }
  const point = (at) => {
    for (const mark of marks) at ? place(mark, at[1], at[2]) : (mark.style.display = "none")
    grids.forEach((grid, z) => at ? place(grid.mark, at[1], at[2]) : (grid.mark.style.display = "none"))
    grids.forEach((grid, z) => grid.mark.classList.toggle("far", !at || z !== at[0]))
    if (at) cells.replaceChildren(element("b", { text: data.words.latents }), said(at))
  }
  const choose = (at) => {
    chosen = at
    point(at)
    speak(said(at))
    keep("cell", at)
  }
  const grid = (z) => {
    const canvas = canvasOf(8, { "aria-hidden": "true" }), mark = element("div", { class: "mark" })
    const box = element(
      "div",
      { class: "grid frame", tabindex: 0, role: "application" },
      canvas,
      mark,
      element("i", { text: z + 1 }),
    )
    let at = [z, 0, 0]
    const under = (event) => {
      const around = canvas.getBoundingClientRect()
      const of = (value, size) => Math.min(data.side - 1, Math.max(0, Math.floor((value / size) * data.side)))
      return [z, of(event.clientY - around.top, around.height), of(event.clientX - around.left, around.width)]
    }
    box.addEventListener("pointermove", (event) => point(at = under(event)))
    box.addEventListener("pointerleave", () => point(chosen))
    box.addEventListener("click", (event) => choose(at = under(event)))
    box.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key]
      if (by) {
        event.preventDefault()
        at = [z, ...[at[1] + by[0], at[2] + by[1]].map((value) => Math.min(data.side - 1, Math.max(0, value)))]
        point(at)
        speak(said(at))
      } else if (event.key === "Enter" || event.key === " ") {
        event.preventDefault()
        choose(at)
      }
    })
    return { box, canvas, mark }
  }
  return {
    update(next) {
      data = next
      for (const [one, picture] of [[given, data.given], [again, data.again], [off, data.off]]) {
        paint(one.canvas, pictures(picture, data.size)[0], data.size)
        one.canvas.setAttribute("role", "img")
        one.canvas.setAttribute("aria-label", data.words[one.label])
        one.caption.replaceChildren(element("b", { text: data.words[one.label] }), data.notes[one.label] ?? "")
      }
      const shown = pictures(data.grids, data.side)
      while (grids.length < shown.length) {
        const made = grid(grids.length)
        grids.push(made)
        four.append(made.box)
      }
      shown.forEach((each, z) => {
        paint(grids[z].canvas, each, data.side)
        grids[z].box.setAttribute("aria-label", fill(data.words.grid, { z: z + 1 }))
      })
      cells.replaceChildren(element("b", { text: data.words.latents }), data.notes.latents)
      low.textContent = data.words.low
      high.textContent = data.words.high
      chosen = data.cell
      point(chosen)
    },
    destroy() {
      speak.stop()
    },
  }
})
