// Two lanes that differ in one thing: every measured consequence, side by side.
import { component, element } from "./kit.js"

const CSS = `
.gb { container-type: inline-size; }
table { table-layout: fixed; width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: 7px 10px 9px 0; border-top: 1px solid var(--line); font-weight: 400; }
thead th { border-top: 0; font-size: 13px; color: var(--soft); padding-top: 0; vertical-align: bottom; }
thead th.a, thead th.b { color: var(--ink); font-weight: 600; font-size: 14px; }
thead th.a::before, thead th.b::before { content: ""; display: block; width: 22px; height: 0; border-top: 4px solid var(--yours); margin-bottom: 4px; }
thead th.b::before { border-top: 4px dotted var(--valid); }
thead th:first-child { width: 30%; } tbody th { color: var(--soft); } tbody th small { display: block; font-size: 12px; }
td b { font: 600 19px/1.2 var(--serif); } td a { color: inherit; text-decoration-color: var(--line); text-underline-offset: 3px; }
.bar { height: 7px; border-radius: 4px; background: var(--line); margin-top: 5px; overflow: hidden; }
.bar i { display: block; height: 100%; min-width: 2px; background: var(--yours); border-radius: 4px; }
.b .bar i { background: repeating-linear-gradient(90deg, var(--valid) 0 5px, color-mix(in srgb, var(--valid) 72%, var(--card)) 5px 7px); }
th.change { width: 16%; }
td.change { color: var(--soft); font-size: 14px; white-space: nowrap; padding-right: 0; }
@container (max-width: 400px) { td.change, th.change { display: none; } tbody th { font-size: 14px; } td b { font-size: 17px; } thead th:first-child { width: 38%; } }
`

export default component(CSS, (root) => ({
  update(data) {
    const cell = (lane, row) => {
      const value = row[lane], top = Math.max(Math.abs(row.a ?? 0), Math.abs(row.b ?? 0)) || 1
      const shown = row[`${lane}_shown`]
      const figure = element("b", { text: shown })
      const td = element("td", { class: lane }, row.href ? element("a", { href: row.href }, figure) : figure)
      if (row.bar && Number.isFinite(value)) {
        td.append(
          element(
            "div",
            { class: "bar", "aria-hidden": "true" },
            element("i", { style: { width: `${(100 * Math.abs(value)) / (row.top ?? top)}%` } }),
          ),
        )
      }
      return td
    }
    const changes = data.rows.some((row) => row.change)
    const head = element(
      "tr",
      {},
      element("th", { scope: "col", text: data.words.measured }),
      element("th", { scope: "col", class: "a", text: data.names[0] }),
      element("th", { scope: "col", class: "b", text: data.names[1] }),
    )
    if (changes) head.append(element("th", { scope: "col", class: "change", text: data.words.change }))
    const body = data.rows.map((row) => {
      const name = element("th", { scope: "row", text: row.label })
      if (row.note) name.append(element("small", { text: row.note }))
      const tr = element("tr", {}, name, cell("a", row), cell("b", row))
      if (changes) tr.append(element("td", { class: "change", text: row.change ?? "" }))
      return tr
    })
    root.replaceChildren(
      element(
        "table",
        {},
        element("caption", { class: "spoken", text: data.label }),
        element("thead", {}, head),
        element("tbody", {}, ...body),
      ),
    )
  },
}))
