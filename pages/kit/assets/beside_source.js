// A page's caption, what was drawn to it, the page, and what a model draws that never saw it.
import { component, element } from "./kit.js"

const CSS = `
ul { list-style: none; margin: 0; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(300px, 1fr)); gap: 16px 22px; }
li { margin: 0; min-width: 0; }
.row { display: grid; grid-template-columns: repeat(3, 1fr); gap: 8px; margin: 6px 0; }
figure { margin: 0; } img { display: block; width: 100%; aspect-ratio: 1; image-rendering: pixelated; border-radius: 5px; background: var(--line); }
figcaption { font-size: 13px; line-height: 1.35; color: var(--soft); margin-top: 3px; }
.asked { margin: 0; font: 16px/1.35 var(--serif); }
.said { margin: 0; font-weight: 600; font-size: 14px; color: var(--soft); } .said.copy { color: var(--warn); } .said.right { color: var(--value); }
`

/** A picture with the words below it. */
function shown(picture, words) {
  return element(
    "figure",
    {},
    element("img", { src: `data:image/png;base64,${picture}`, alt: "" }),
    element("figcaption", { text: words }),
  )
}

export default component(CSS, (root) => {
  const list = element("ul")
  root.append(list)
  return {
    update({ rows, words }) {
      list.setAttribute("aria-label", words.label)
      list.replaceChildren(
        ...rows.map((row) =>
          element(
            "li",
            {},
            element("p", { class: "asked", text: row.asked }),
            element(
              "div",
              { class: "row" },
              shown(row.drawn, words.drawn),
              shown(row.page, words.page),
              row.other ? shown(row.other, words.other) : "",
            ),
            element("p", {
              class: `said ${row.is_copy ? "copy" : row.is_right ? "right" : ""}`,
              text: row.is_copy ? words.copy : row.is_right ? words.right : words.neither,
            }),
          )
        ),
      )
    },
  }
})
