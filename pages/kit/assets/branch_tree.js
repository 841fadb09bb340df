// Every branch of a steered text as a tree: its tokens are buttons, and the current path is marked.
import { component, element, fill, number, percent, quoted, shape, speaker, visibleText } from "./kit.js"
import { treeRows } from "./tree_rows.js"

const CSS = `
.legend { display: flex; flex-wrap: wrap; gap: 2px 16px; margin: 0 0 6px; font-size: 13px; color: var(--soft); } .legend span { display: inline-flex; gap: 6px; align-items: center; } .legend i { width: 24px; border-top: 2px solid var(--edge); } .legend i.forced { border-top: 2px dashed var(--key); } .legend i.here { border-top: 4px solid var(--accent); }
.scroll { overflow: auto; max-height: 420px; border: 1px solid var(--line); border-radius: 8px; background: var(--paper); } .tree { position: relative; } svg { position: absolute; inset: 0; pointer-events: none; }
path { fill: none; stroke: var(--edge); stroke-width: 1.4; } path.forced { stroke: var(--key); stroke-dasharray: 5 3; } path.here { stroke-width: 3.4; } path.here:not(.forced) { stroke: var(--accent); }
.tree button { position: absolute; border: 1px solid var(--line); border-radius: 6px; background: var(--card); text-align: left; padding: 1px 7px 2px; min-height: 42px; overflow: hidden; white-space: nowrap; }
.tree button b { display: block; font: 400 16px/20px var(--serif); overflow: hidden; text-overflow: ellipsis; } .tree button small { display: block; font: 12px/16px var(--sans); font-variant-numeric: tabular-nums; color: var(--soft); overflow: hidden; text-overflow: ellipsis; } .tree button.here { border-color: var(--accent); background: var(--accent-soft); } .tree button.here b { font-weight: 600; } .tree button[aria-current] { border-width: 2px; border-color: var(--ink); }
.tree .total { position: absolute; font: 12px/20px var(--mono); color: var(--soft); white-space: nowrap; } .tree .total.here { color: var(--ink); } .said { margin: 6px 0 0; font-size: 14px; color: var(--soft); overflow-wrap: anywhere; }
`
const WIDE = 136, HIGH = 52, BOX = 116, ROOT = 150, ABOVE = 8

export default component(CSS, (root, { tell }) => {
  const legend = element("p", { class: "legend" }), tree = element("div", { class: "tree", role: "tree" })
  const scroll = element("div", { class: "scroll" }, tree), said = element("p", { class: "said" })
  root.append(legend, scroll, said)
  const speak = speaker(root, 0.3)
  let data, drawn = "", buttons = new Map(), shown = []

  const name = (text) => visibleText(text).replace(/^·/, "") || "·"
  const nats = (value) => number(value, 1, data.lang)
  const total = (node) => fill(data.words.total, { total: nats(node.total) })
  /** The beginning as one node, as far as nothing branches off in it; `first` is its last token. */
  const firstShown = () => {
    const children = new Map()
    for (const node of data.nodes) children.set(node.parent, (children.get(node.parent) ?? 0) + 1)
    let at = 0
    while (at < data.n_given - 1 && children.get(at) === 1 && at !== data.current) at++
    return at
  }
  const shares = (node) =>
    `${percent(node.p ?? 1, data.lang)}${node.share === null ? "" : ` → ${percent(node.share, data.lang)}`}`
  const depths = () => {
    const found = new Map()
    for (const node of shown) found.set(node.number, found.has(node.parent) ? found.get(node.parent) + 1 : 0)
    return found
  }
  const pathTo = (number) => {
    const found = []
    for (let at = number; at >= 0; at = data.nodes[at].parent) found.unshift(at)
    return found
  }
  const label = (node, first) => {
    if (node.number === first) {
      return fill(data.words.begins, { text: pathTo(first).slice(1).map((n) => data.nodes[n].text).join("").trim() })
    }
    const spoken = fill(data.words.node, {
      token: quoted(name(node.text), data.lang),
      own: percent(node.p ?? 1, data.lang, 1),
      total: nats(node.total),
    })
    if (node.how === "given") return spoken
    const steps = node.steps ? fill(data.words.with_steps, { steps: node.steps }) : data.words.without_steps
    return `${spoken}; ${fill(data.words[node.how], { share: percent(node.share, data.lang, 1) })}, ${steps}`
  }
  const draw = () => {
    const first = firstShown(), onPath = new Set(pathTo(data.current))
    shown = data.nodes.filter((node) => node.number >= first)
    const { places, height } = treeRows(shown), depth = depths(), parents = new Set(shown.map((node) => node.parent))
    const x = (node) => node.number === first ? ABOVE : ABOVE + ROOT + 20 + (depth.get(node.number) - 1) * WIDE
    const y = (node) => ABOVE + places.get(node.number) * HIGH
    const right = (node) => x(node) + (node.number === first ? ROOT : BOX)
    const byNumber = new Map(shown.map((node) => [node.number, node]))
    const wide = Math.max(...shown.map((node) => right(node) + (parents.has(node.number) ? 0 : 116)))
    const hadFocus = [...buttons].find(([, button]) => button === root.getRootNode().activeElement)?.[0]
    tree.style.width = `${wide + ABOVE}px`
    tree.style.height = `${height * HIGH + ABOVE}px`
    buttons = new Map()
    const lines = shown.filter((node) => byNumber.has(node.parent)).map((node) => {
      const from = byNumber.get(node.parent), x0 = right(from), y0 = y(from) + 21, x1 = x(node), y1 = y(node) + 21
      return shape("path", {
        class: [node.how === "forced" ? "forced" : "", onPath.has(node.number) ? "here" : ""].join(" ").trim() || null,
        d: `M${x0} ${y0}C${x0 + 11} ${y0} ${x1 - 11} ${y1} ${x1} ${y1}`,
      })
    })
    const boxes = shown.map((node) => {
      const spoken = label(node, first), whole = node.number === first ? beginning(first) : name(node.text)
      const box = element(
        "button",
        {
          type: "button",
          role: "treeitem",
          "aria-level": depth.get(node.number) + 1,
          "aria-label": spoken,
          "aria-current": node.number === data.current ? "true" : null,
          "aria-selected": String(node.number === data.current),
          title: spoken,
          tabindex: node.number === data.current ? 0 : -1,
          class: onPath.has(node.number) ? "here" : null,
          style: {
            left: `${x(node)}px`,
            top: `${y(node)}px`,
            width: `${node.number === first ? ROOT : BOX}px`,
          },
          onclick: () => node.number !== data.current && tell("act", { kind: "go", number: node.number }),
        },
        element("b", { text: whole }),
        element("small", { text: node.number === first ? total(node) : shares(node) }),
      )
      buttons.set(node.number, box)
      return box
    })
    const totals = shown.filter((node) => !parents.has(node.number) && node.number !== first).map((node) =>
      element("span", {
        class: onPath.has(node.number) ? "total here" : "total",
        "aria-hidden": "true",
        text: total(node),
        style: { left: `${right(node) + 8}px`, top: `${y(node) + 11}px` },
      })
    )
    tree.replaceChildren(shape("svg", { width: wide, height: height * HIGH + ABOVE, "aria-hidden": "true" }, ...lines))
    tree.append(...boxes, ...totals)
    const here = buttons.get(data.current)
    if (here) {
      scroll.scrollLeft = here.offsetLeft + here.offsetWidth + 130 - scroll.clientWidth
      scroll.scrollTop = here.offsetTop - scroll.clientHeight / 2
    }
    if (hadFocus !== undefined) (buttons.get(hadFocus) ?? here)?.focus({ preventScroll: true })
    const text = pathTo(data.current).slice(1).map((n) => data.nodes[n].text).join("").trim()
    said.textContent = fill(data.words.text, { text, total: nats(data.nodes[data.current].total) })
  }
  /** The end of the beginning, as much as fits. */
  const beginning = (first) => {
    const text = pathTo(first).slice(1).map((n) => data.nodes[n].text).join("").trim() || data.nodes[first].text
    return text.length > 19 ? `…${text.slice(-18)}` : text
  }
  tree.addEventListener("keydown", (event) => {
    const now = shown.find((node) => buttons.get(node.number) === event.target.closest("button"))
    if (!now) return
    const rows = treeRows(shown).places
    const children = shown.filter((node) => node.parent === now.number)
    const depth = depths()
    const beside = shown.filter((node) => depth.get(node.number) === depth.get(now.number))
      .sort((a, b) => rows.get(a.number) - rows.get(b.number))
    const next = {
      ArrowRight: () => children[0],
      ArrowLeft: () => shown.find((node) => node.number === now.parent),
      ArrowDown: () => beside[beside.indexOf(now) + 1],
      ArrowUp: () => beside[beside.indexOf(now) - 1],
      Home: () => shown[0],
      End: () => shown[shown.length - 1],
    }[event.key]
    if (!next) return
    event.preventDefault()
    const to = next()
    if (!to) return
    for (const [number, button] of buttons) button.tabIndex = number === to.number ? 0 : -1
    buttons.get(to.number).focus()
  })

  return {
    update(next) {
      data = next
      tree.setAttribute("aria-label", data.words.label)
      legend.replaceChildren(
        data.words.legend,
        element("span", {}, element("i", { class: "forced" }), data.words.forced_line),
        element("span", {}, element("i"), data.words.drawn_line),
        element("span", {}, element("i", { class: "here" }), data.words.here),
      )
      const signature = JSON.stringify(data)
      if (signature === drawn) return
      const isFirst = !drawn
      drawn = signature
      draw()
      if (!isFirst) speak(said.textContent)
    },
    destroy() {
      speak.stop()
    },
  }
})
