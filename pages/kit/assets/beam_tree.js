// Beam search as a tree that grows: every candidate that was looked at, which of them went on, and which were dropped.
import { component, element, fill, number, percent, shape, speaker, visibleText } from "./kit.js"
import { treeRows } from "./tree_rows.js"

const CSS = `
.scroll { overflow-x: auto; } svg { display: block; } text { font: 14px var(--serif); fill: var(--ink); } text.p { font: 11.5px var(--mono); fill: var(--soft); }
.node.dropped text { fill: var(--edge); } .node.dropped text.p { fill: var(--edge); } .node.best text:first-of-type { font-weight: 600; fill: var(--accent); } .node.finished text:first-of-type { fill: var(--value); font-weight: 600; }
path { fill: none; stroke: var(--edge); stroke-width: 1; opacity: .5; } path.alive { stroke: var(--accent); stroke-width: 1.6; opacity: .8; } path.best { stroke: var(--accent); stroke-width: 3; opacity: 1; }
.time { display: flex; gap: 10px; align-items: center; margin: 6px 0 0; } .time input { flex: 1; accent-color: var(--accent); max-width: 460px; min-height: 26px; } .said { margin: 4px 0 0; font-size: 14px; color: var(--soft); }
`
const WIDE = 112, HIGH = 26

export default component(CSS, (root) => {
  const svg = shape("svg", { role: "img" }), slider = element("input", { type: "range", min: 1, step: 1 })
  const label = element("span"), said = element("p", { class: "said" }), speak = speaker(root, 0.5)
  root.append(element("div", { class: "scroll" }, svg), element("div", { class: "time" }, slider, label), said)
  let data, id = ""

  /** Of what goes no further, the two likeliest beside each other; the others would hide the tree. */
  const pruned = (nodes) => {
    const parents = new Set(nodes.map((node) => node.parent)), seen = new Map()
    return nodes.filter((node) => {
      if (node.state !== "dropped" || parents.has(node.number)) return true
      seen.set(node.parent, (seen.get(node.parent) ?? 0) + 1)
      return seen.get(node.parent) <= 2
    })
  }
  const draw = () => {
    const depth = Number(slider.value), nodes = pruned(data.nodes.filter((node) => node.depth <= depth))
    const { places, height } = treeRows(nodes), byNumber = new Map(nodes.map((node) => [node.number, node]))
    const parents = new Set(nodes.map((node) => node.parent)), onBest = new Set()
    const ends = nodes.filter((node) =>
      node.depth === depth || (node.state === "finished" && !parents.has(node.number))
    )
    const best = ends.reduce((a, b) => (a && a.total >= b.total ? a : b), null)
    for (let node = best; node; node = byNumber.get(node.parent)) onBest.add(node.number)
    const goesOn = new Set(
      nodes.filter((node) => node.depth === depth || node.state !== "dropped").map((n) => n.number),
    )
    const x = (node) => (node.depth - 1) * WIDE + 8, y = (node) => places.get(node.number) * HIGH + 16
    svg.setAttribute("width", String(depth * WIDE + 20))
    svg.setAttribute("height", String(height * HIGH + 12))
    svg.setAttribute("aria-label", data.words.label)
    svg.replaceChildren(
      ...nodes.filter((node) => byNumber.has(node.parent)).map((node) => {
        const from = byNumber.get(node.parent),
          x0 = x(from) + WIDE - 26,
          kind = onBest.has(node.number) ? "best" : goesOn.has(node.number) && node.state !== "dropped" ? "alive" : ""
        return shape("path", {
          class: kind || null,
          d: `M${x0} ${y(from) - 4}C${x0 + 14} ${y(from) - 4} ${x(node) - 16} ${y(node) - 4} ${x(node) - 3} ${
            y(node) - 4
          }`,
        })
      }),
      ...nodes.map((node) => {
        const kind = onBest.has(node.number) ? "best" : node.state
        const whole = visibleText(node.text).replace(/^·/, ""),
          short = whole.length > 8 ? `${whole.slice(0, 7)}…` : whole
        return shape(
          "g",
          { class: `node ${kind}` },
          shape("title", { text: `${whole}: ${percent(node.share, data.lang, 1)}` }),
          shape("text", { x: x(node), y: y(node), text: short || "·" }),
          shape("text", { class: "p", x: x(node) + 62, y: y(node), text: percent(node.share, data.lang) }),
        )
      }),
    )
    label.textContent = fill(data.words.step, { n: number(depth, 0, data.lang), of: number(data.depth, 0, data.lang) })
    const path = []
    for (let node = best; node; node = byNumber.get(node.parent)) path.unshift(node.text)
    said.textContent = best
      ? fill(data.words.best, { text: path.join("").trim(), share: percent(Math.exp(best.total), data.lang, 1) })
      : ""
  }
  slider.addEventListener("input", draw)
  slider.addEventListener("change", () => speak(said.textContent))
  return {
    update(next) {
      data = next
      slider.setAttribute("aria-label", data.words.slider)
      slider.max = String(data.depth)
      if (data.id !== id) {
        id = data.id
        slider.value = String(data.depth)
      }
      draw()
    },
    destroy() {
      speak.stop()
    },
  }
})
