// What was asked for, what was drawn, and the page of the book that it is closest to.
import { component, element } from "./kit.js"

const CSS = `
ul { list-style: none; margin: 0; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(250px, 1fr)); gap: 16px 22px; }
li { margin: 0; min-width: 0; }
.two { display: grid; grid-template-columns: 1fr 1fr; gap: 8px; margin: 6px 0; }
figure { margin: 0; } img { display: block; width: 100%; aspect-ratio: 1; image-rendering: pixelated; border-radius: 5px; background: var(--line); }
figcaption { font-size: 13px; line-height: 1.35; color: var(--soft); margin-top: 3px; }
.asked { margin: 0; font: 16px/1.35 var(--serif); }
.said { margin: 0; font-weight: 600; font-size: 14px; color: var(--soft); } .said.copy { color: var(--warn); } .said.right { color: var(--value); }
`

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
              { class: "two" },
              element(
                "figure",
                {},
                element("img", { src: `data:image/png;base64,${row.drawn}`, alt: "" }),
                element("figcaption", { text: words.asked }),
              ),
              element(
                "figure",
                {},
                element("img", { src: `data:image/png;base64,${row.page}`, alt: "" }),
                element("figcaption", { text: `${words.nearest} ${row.told}` }),
              ),
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
