// Several small pictures side by side, each with what the reader says of it; one may be picked to be seen large.
import { component, element, speaker } from "./kit.js"
import { canvasOf, paint, PICTURE_CSS, pictures } from "./pixels.js"

const CSS = PICTURE_CSS + `
ul { list-style: none; margin: 0; padding: 0; display: grid; gap: 4px; grid-template-columns: repeat(var(--columns), minmax(0, var(--px))); }
li { min-width: 0; position: relative; } li > p { margin: 2px 0 0; font-size: 12.5px; line-height: 1.3; color: var(--soft); }
li > p.large { font: 16px/1.3 var(--serif); color: var(--ink); margin: 0 0 4px; overflow-wrap: anywhere; }
button, .still { display: block; position: relative; width: 100%; padding: 0; border: 0; background: none; border-radius: 3px; }
canvas.px { width: 100%; aspect-ratio: 1; border-radius: 3px; }
button:hover canvas { opacity: .85; } button[aria-pressed="true"] { outline: 2px solid var(--accent); outline-offset: 1px; }
.sign { position: absolute; right: 2px; bottom: 2px; min-width: 16px; height: 16px; border-radius: 8px; background: var(--card); color: var(--soft); font: 700 11px/16px var(--sans); text-align: center; }
.sign.yes { color: var(--value); } .sign.no { color: var(--warn); }
@media (max-width: 760px) { ul.wide { grid-template-columns: repeat(var(--narrow), minmax(0, 1fr)); } }
`
const SIGNS = { yes: "✓", no: "✗", none: "–" }

export default component(CSS, (root, { tell }) => {
  const list = element("ul")
  root.append(list)
  const speak = speaker(root, 1)
  return {
    update(data) {
      root.classList.toggle("smooth", !!data.smooth)
      list.className = data.wide ? "wide" : ""
      list.style.setProperty("--columns", data.columns)
      list.style.setProperty("--narrow", data.narrow)
      list.style.setProperty("--px", data.px ? `${data.px}px` : "1fr")
      list.setAttribute("aria-label", data.label)
      const all = pictures(data.pictures, data.size)
      list.replaceChildren(...all.map((picture, place) => {
        const { title = "", text = "", sign = "", spoken = "" } = data.notes[place] ?? {}
        const canvas = canvasOf(data.size)
        paint(canvas, picture, data.size)
        const mark = sign ? element("span", { class: `sign ${sign}`, text: SIGNS[sign], "aria-hidden": "true" }) : null
        const inside = [canvas, mark]
        canvas.setAttribute("role", "img")
        canvas.setAttribute("aria-label", spoken || text || title)
        const frame = data.picks
          ? element("button", {
            type: "button",
            title: spoken,
            "aria-pressed": String(place === data.picked),
            onclick: () => {
              speak(spoken)
              tell("picked", place)
            },
          }, ...inside)
          : element("div", { class: "still", title: spoken }, ...inside)
        return element(
          "li",
          {},
          title ? element("p", { class: "large", text: title }) : null,
          frame,
          text ? element("p", { text }) : null,
        )
      }))
    },
    destroy() {
      speak.stop()
    },
  }
})
