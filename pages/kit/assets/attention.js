// Attention made readable: a token, what it looks at and how much; every head small next to one large.
// The weights are sent once, one byte each; choosing, hovering and comparing never involve the server.
import {
  bytesOf,
  channels,
  colours,
  component,
  element,
  fill,
  framed,
  handToken,
  number,
  onHandToken,
  onLook,
  percent,
  shape,
  visibleText,
} from "./kit.js"
import { playing } from "./playing.js"

const CSS = `
.reading { margin: 0 0 2px; font: 600 22px/1.35 var(--serif); min-height: 30px; }
.reading .q { color: var(--query); } .reading .k { color: var(--key); }
.where { margin: 0 0 4px; color: var(--soft); font-size: 13px; }
.sentence { position: relative; display: flex; flex-wrap: wrap; row-gap: 44px; padding: 46px 0 20px; font: 18px/1.3 var(--serif); }
.sentence svg { position: absolute; inset: 0; width: 100%; height: 100%; pointer-events: none; overflow: visible; }
.sentence button { position: relative; border: 0; min-width: 24px; min-height: 32px; padding: 4px 5px; margin-right: 2px; border-radius: 4px; white-space: pre;
  background: color-mix(in srgb, var(--key) var(--mix, 0%), var(--card)); box-shadow: inset 0 -1px 0 var(--line); }
.sentence button.q { box-shadow: inset 0 0 0 2px var(--query); color: var(--query); font-weight: 600; }
.sentence button.later { color: var(--soft); opacity: .6; }
.sentence button small { position: absolute; top: 100%; left: 50%; transform: translateX(-50%); font: 12px/16px var(--mono); color: var(--key); pointer-events: none; white-space: nowrap; }
.view { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 430px); grid-template-rows: auto 1fr; grid-template-areas: "read matrix" "heads matrix"; gap: 8px 28px; align-items: start; }
.read { grid-area: read; } .all { grid-area: heads; } .matrix { grid-area: matrix; }
.title { margin: 0 0 6px; font-size: 13px; color: var(--soft); }
.heads { display: grid; gap: 6px 8px; align-items: center; justify-content: start; }
.heads span { font-size: 12px; color: var(--soft); line-height: 1.2; }
.heads button { padding: 0; border: 2px solid transparent; border-radius: 5px; background: none; line-height: 0; min-width: 28px; min-height: 28px; }
.heads button canvas { width: 100%; aspect-ratio: 1; border-radius: 3px; image-rendering: pixelated; display: block; box-shadow: 0 0 0 1px var(--line); }
.heads button:hover { border-color: var(--line); } .heads button[aria-pressed=true] { border-color: var(--accent); }
.sentence.dense { font-size: 16px; row-gap: 26px; padding: 34px 0 18px; }
.sentence.dense button { padding: 3px 3px; min-height: 28px; }
.layers { display: flex; flex-wrap: wrap; gap: 4px; margin: 0 0 8px; } .layers .act { min-height: 28px; padding: 2px 9px; font-size: 13px; }
.layers [aria-pressed=true] { background: var(--accent); color: var(--on-accent); }
.matrix { position: relative; }
.matrix canvas { display: block; width: 100%; cursor: crosshair; border-radius: 4px; touch-action: pan-y; }
.scale { display: flex; align-items: center; gap: 8px; font-size: 12px; color: var(--soft); margin-top: 6px; flex-wrap: wrap; }
.scale i { width: 90px; height: 8px; border-radius: 3px; background: linear-gradient(90deg, var(--card), var(--accent)); box-shadow: 0 0 0 1px var(--line); }
.scale em { font-style: normal; } .scale u { display: inline-block; width: 12px; height: 0; border-top: 1px solid var(--soft); transform: rotate(-45deg); margin-right: 4px; vertical-align: 4px; }
@media (max-width: 860px) { .view { grid-template-columns: minmax(0, 1fr); grid-template-areas: "read" "matrix" "heads"; } .reading { font-size: 19px; } .sentence { font-size: 16px; } }
`
const ROOT = (share) => Math.sqrt(share) // small weights stay visible; the scale says so

const LONG = 20 // from this many tokens: tighter text, only the strongest arcs

export default component(CSS, (root, { tell, keep }) => {
  const q = element("span", { class: "q" }), k = element("span", { class: "k" })
  const reading = element("p", { class: "reading", role: "status" })
  const where = element("p", { class: "where" })
  const arcs = shape("svg", { "aria-hidden": "true" })
  const sentence = element("div", { class: "sentence", role: "group" })
  const layers = element("div", { class: "layers", role: "group" })
  const heads = element("div", { class: "heads" })
  const headsTitle = element("p", { class: "title" }), matrixTitle = element("p", { class: "title" })
  const canvas = element("canvas", { tabindex: "0", role: "application" })
  const scale = element("div", { class: "scale" })
  root.append(
    element(
      "div",
      { class: "view" },
      element("div", { class: "read" }, reading, where, sentence),
      element("div", { class: "matrix" }, matrixTitle, canvas, scale),
      element("div", { class: "all" }, headsTitle, layers, heads),
    ),
  )

  let data,
    weights,
    T = 0,
    layer = 0,
    head = 0,
    pinned = 0,
    query = 0,
    key = 0,
    drawn = "",
    buttons = [],
    small = [],
    images = new Map(),
    cells = { left: 0, top: 0, size: 1 }

  const at = (l, h, i, j) => weights[((data.sent.indexOf(l) * data.n_heads + h) * T + i) * T + j] / 255
  const strongest = (i) => {
    let best = 0
    for (let j = 1; j <= i; j++) if (at(layer, head, i, j) > at(layer, head, i, best)) best = j
    return best
  }
  const name = (i) => data.tokens[i].trim() || visibleText(data.tokens[i]) || "∅"

  /** One head as an image of T by T pixels. */
  const image = (l, h) => {
    const id = `${l}:${h}`
    if (images.has(id)) return images.get(id)
    const made = new OffscreenCanvas(T, T), pixels = new ImageData(T, T)
    const colour = colours(root), low = channels(colour("card")), high = channels(colour("accent"))
    for (let i = 0; i < T; i++) {
      for (let j = 0; j <= i; j++) {
        const share = ROOT(at(l, h, i, j)), p = 4 * (i * T + j)
        for (let c = 0; c < 3; c++) pixels.data[p + c] = low[c] + (high[c] - low[c]) * share
        pixels.data[p + 3] = 255
      }
    }
    made.getContext("2d").putImageData(pixels, 0, 0)
    images.set(id, made)
    return made
  }

  const drawSmall = () => {
    for (const { canvas: each, l, h, button } of small) {
      const side = Math.max(T, 96)
      each.width = each.height = side
      const pen = each.getContext("2d")
      pen.imageSmoothingEnabled = false
      pen.drawImage(image(l, h), 0, 0, side, side)
      button.setAttribute("aria-pressed", String(l === layer && h === head))
    }
  }

  const drawLarge = () => {
    const width = canvas.clientWidth
    if (!width) return
    const colour = colours(root), ratio = devicePixelRatio || 1
    const pen = canvas.getContext("2d"), font = getComputedStyle(root).getPropertyValue("--sans") || "sans-serif"
    pen.font = `13px ${font}`
    const widest = Math.min(96, 8 + Math.max(...data.tokens.map((_, i) => pen.measureText(name(i)).width)))
    const left = widest, top = widest * 0.82 + 6, size = (width - left - 14) / T, height = top + size * T + 2
    cells = { left, top, size }
    canvas.style.height = `${height}px`
    canvas.width = width * ratio
    canvas.height = height * ratio
    pen.scale(ratio, ratio)
    pen.clearRect(0, 0, width, height)
    pen.imageSmoothingEnabled = false
    pen.drawImage(image(layer, head), left, top, size * T, size * T)
    pen.strokeStyle = colour("line")
    pen.lineWidth = 1
    for (let i = 0; i < T - 1; i++) { // what a token may not see: the words after it
      pen.beginPath()
      pen.moveTo(left + (i + 1.25) * size, top + (i + 0.75) * size)
      pen.lineTo(left + (i + 1.75) * size, top + (i + 0.25) * size)
      pen.stroke()
    }
    if (size > 11) {
      for (let i = 0; i <= T; i++) {
        pen.strokeStyle = colour("card")
        pen.strokeRect(left, top + i * size, size * T, 0)
        pen.strokeRect(left + i * size, top, 0, size * T)
      }
    }
    pen.lineWidth = 2
    pen.strokeStyle = colour("query")
    pen.strokeRect(left, top + query * size, size * (query + 1), size)
    pen.strokeStyle = colour("key")
    pen.strokeRect(left + key * size, top + query * size, size, size)
    pen.font = `13px ${font}`
    for (let i = 0; i < T; i++) {
      const inHand = i === query, seen = i === key
      const regular = size >= 11 || i % Math.ceil(13 / size) === 0
      if (inHand || (regular && (size >= 11 || !near(i, query, 13 / size)))) {
        pen.fillStyle = colour(inHand ? "query" : "soft")
        pen.textAlign = "right"
        pen.textBaseline = "middle"
        pen.fillText(short(pen, name(i), widest - 6), left - 6, top + (i + 0.5) * size)
      }
      if (seen || (regular && (size >= 11 || !near(i, key, 13 / size)))) {
        pen.save()
        pen.translate(left + (i + 0.5) * size, top - 5)
        pen.rotate(-Math.PI / 3.4)
        pen.fillStyle = colour(seen ? "key" : "soft")
        pen.textAlign = "left"
        pen.fillText(short(pen, name(i), widest - 4), 0, 0)
        pen.restore()
      }
    }
  }
  const near = (i, j, distance) => i !== j && Math.abs(i - j) < distance
  const short = (pen, text, width) => {
    if (pen.measureText(text).width <= width) return text
    let cut = [...text]
    while (cut.length > 1 && pen.measureText(cut.join("") + "…").width > width) cut.pop()
    return cut.join("") + "…"
  }

  /** The chosen token's row as arcs over the sentence, with percentages under the tokens it looks at most. */
  const drawArcs = () => {
    const box = sentence.getBoundingClientRect()
    const spot = (i) => {
      const b = buttons[i].getBoundingClientRect()
      return { x: b.left - box.left + b.width / 2, y: b.top - box.top }
    }
    const row = Array.from({ length: query + 1 }, (_, j) => at(layer, head, query, j))
    const told = row.map((share, j) => [share, j]).filter(([share]) => share >= 0.03).sort((a, b) => b[0] - a[0])
    const named = new Set(told.slice(0, 4).map(([, j]) => j))
    buttons.forEach((button, j) => {
      button.classList.toggle("q", j === query)
      button.classList.toggle("later", j > query)
      button.style.setProperty("--mix", j <= query && j !== query ? `${(44 * (row[j] ?? 0)).toFixed(1)}%` : "0%")
      button.querySelector("small")?.remove()
      if (named.has(j) || (j === key && j <= query)) {
        button.append(element("small", { text: percent(row[j], data.lang), "aria-hidden": "true" }))
      }
    })
    const colour = colours(root), from = spot(query)
    arcs.replaceChildren(...(T > LONG ? told.slice(0, 4) : told).map(([share, j]) => {
      const to = spot(j), reach = Math.abs(to.x - from.x)
      const lift = Math.min(from.y, to.y) - Math.min(40, 12 + reach / 6)
      const path = j === query
        ? `M${from.x - 7} ${from.y}C${from.x - 13} ${from.y - 20} ${from.x + 13} ${from.y - 20} ${from.x + 7} ${from.y}`
        : `M${from.x} ${from.y}C${from.x} ${lift} ${to.x} ${lift} ${to.x} ${to.y}`
      return shape("path", {
        d: path,
        fill: "none",
        stroke: colour(j === key ? "key" : "query"),
        "stroke-width": (1 + 6 * share).toFixed(2),
        "stroke-linecap": "round",
        opacity: j === key ? 0.95 : 0.5,
      })
    }))
  }

  const read = () => {
    q.textContent = name(query)
    k.textContent = name(key)
    const parts = data.words.looks.split(/(\{token\}|\{other\}|\{share\})/)
    reading.replaceChildren(
      ...parts.filter(Boolean).map((part) =>
        part === "{token}"
          ? q
          : part === "{other}"
          ? k
          : part === "{share}"
          ? percent(at(layer, head, query, key), data.lang)
          : part
      ),
    )
    where.textContent = `${fill(data.words.layer, { n: layer + 1 })}, ${
      fill(data.words.head, { n: head + 1 })
    } · ${data.words.hint}`
  }
  const draw = framed(() => {
    if (weights) {
      drawLarge()
      drawArcs()
      read()
      window.__gbDraws = (window.__gbDraws ?? 0) + 1
    }
  })
  const drawAll = framed(() => {
    if (weights) {
      images.clear()
      drawSmall()
      drawLarge()
      drawArcs()
      read()
    }
  })

  const player = playing(root, () => {
    pinned = (pinned + 1) % T
    if (!pinned) { // end of the sentence: on to the next head
      const at = data.sent.indexOf(layer) * data.n_heads + head + 1
      layer = data.sent[Math.floor(at / data.n_heads) % data.sent.length]
      head = at % data.n_heads
      drawSmall()
    }
    look(pinned)
    handToken(data.group, pinned, root)
  }, 1600)
  root.append(player.button)
  const look = (i, j = strongest(i)) => {
    query = i
    key = Math.min(j, i)
    draw()
  }
  const choose = (l, h) => {
    layer = l
    head = h
    small.forEach((each) => each.button.setAttribute("aria-pressed", String(each.l === l && each.h === h)))
    look(query)
  }

  const buildSentence = () => {
    buttons = data.tokens.map((text, i) => {
      const button = element("button", {
        type: "button",
        tabindex: i === pinned ? "0" : "-1",
        text: visibleText(text) || "∅",
      })
      button.addEventListener("pointerenter", () => {
        look(i)
        handToken(data.group, i, root)
      })
      button.addEventListener("focus", () => {
        look(i)
        handToken(data.group, i, root)
      })
      button.addEventListener("click", () => {
        pinned = i
        look(i)
      })
      return button
    })
    sentence.classList.toggle("dense", T > LONG)
    sentence.replaceChildren(arcs, ...buttons)
  }
  const release = () => {
    look(pinned)
    handToken(data.group, null, root)
  }
  sentence.addEventListener("pointerleave", release)
  sentence.addEventListener("focusout", () => handToken(data.group, null, root))
  sentence.addEventListener("keydown", (event) => {
    const now = buttons.indexOf(event.target), to = now + ({ ArrowRight: 1, ArrowLeft: -1 }[event.key] ?? NaN)
    if (Number.isNaN(to) || !buttons[to]) return
    event.preventDefault()
    buttons.forEach((b, i) => {
      b.tabIndex = i === to ? 0 : -1
    })
    pinned = to
    buttons[to].focus()
  })

  const buildHeads = () => {
    const rows = data.sent
    heads.style.gridTemplateColumns = `auto repeat(${data.n_heads}, minmax(28px, ${data.n_heads > 6 ? 56 : 76}px))`
    small = []
    const nodes = [element("span")]
    for (let h = 0; h < data.n_heads; h++) {
      nodes.push(element("span", { text: h + 1, style: { "text-align": "center" } }))
    }
    for (const l of rows) {
      nodes.push(element("span", { text: fill(data.words.layer, { n: l + 1 }) }))
      for (let h = 0; h < data.n_heads; h++) {
        const each = element("canvas", { "aria-hidden": "true" })
        const label = `${fill(data.words.layer, { n: l + 1 })}, ${fill(data.words.head, { n: h + 1 })}`
        const button = element("button", { type: "button", "aria-label": label, title: label }, each)
        button.addEventListener("click", () => choose(l, h))
        small.push({ canvas: each, l, h, button })
        nodes.push(button)
      }
    }
    heads.replaceChildren(...nodes)
    const elsewhere = data.sent.length < data.n_layers
    layers.hidden = !elsewhere
    layers.style.display = elsewhere ? "" : "none"
    layers.replaceChildren(
      ...(elsewhere
        ? Array.from({ length: data.n_layers }, (_, l) => {
          const button = element("button", {
            type: "button",
            class: "act",
            text: l + 1,
            "aria-label": fill(data.words.layer, { n: l + 1 }),
            "aria-pressed": String(l === layer),
          })
          button.addEventListener("click", () => keep("layer", l))
          return button
        })
        : []),
    )
  }

  const cellOf = (event) => {
    const box = canvas.getBoundingClientRect()
    const i = Math.floor((event.clientY - box.top - cells.top) / cells.size),
      j = Math.floor((event.clientX - box.left - cells.left) / cells.size)
    return i >= 0 && i < T && j >= 0 && j <= i ? [i, j] : null
  }
  const ask = (i, j) => tell("cell", { layer, head, query: i, key: j })
  canvas.addEventListener("pointermove", (event) => {
    const cell = cellOf(event)
    if (cell) {
      look(...cell)
      handToken(data.group, cell[0], root)
    }
  })
  canvas.addEventListener("pointerleave", release)
  canvas.addEventListener("click", (event) => {
    const cell = cellOf(event)
    if (cell) {
      pinned = cell[0]
      look(...cell)
      ask(...cell)
    }
  })
  canvas.addEventListener("keydown", (event) => {
    const move = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key]
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault()
      ask(query, key)
      return
    }
    if (!move) return
    event.preventDefault()
    const i = Math.min(T - 1, Math.max(0, query + move[0]))
    pinned = i
    look(i, Math.min(i, Math.max(0, key + move[1])))
    handToken(data.group, i, root)
  })
  const endHand = onHandToken(({ group, token, from }) => {
    if (!weights || group !== data.group || from === root) return
    look(token === null || token >= T ? pinned : token)
  })
  const endLook = onLook(root, drawAll)

  return {
    update(next) {
      const first = !data
      data = next
      T = data.tokens.length
      const signature = data.weights + JSON.stringify(data.tokens)
      if (signature !== drawn) {
        drawn = signature
        weights = bytesOf(data.weights)
        images.clear()
        if (first || !data.sent.includes(layer)) layer = data.sent.includes(data.layer) ? data.layer : data.sent[0]
        if (first || head >= data.n_heads) head = Math.min(data.head, data.n_heads - 1)
        pinned = first || pinned >= T
          ? Math.max(0, data.tokens.findLastIndex((text) => /[\p{L}\p{N}]/u.test(text)))
          : pinned
        query = pinned
        buildSentence()
      }
      buildHeads()
      headsTitle.textContent = data.words.heads
      matrixTitle.textContent = data.words.matrix
      sentence.setAttribute("aria-label", data.words.sentence)
      canvas.setAttribute("aria-label", `${data.words.matrix} ${data.words.query}, ${data.words.key}`)
      scale.replaceChildren(
        element("span", { text: percent(0, data.lang) }),
        element("i", { "aria-hidden": "true" }),
        element("span", { text: percent(1, data.lang) }),
        element("em", { text: `${data.words.query}, ${data.words.key}` }),
        element("em", {}, element("u", { "aria-hidden": "true" }), data.words.future),
      )
      key = strongest(query)
      player.set(Boolean(data.play), data.words)
      reading.setAttribute("aria-live", data.play ? "off" : "polite")
      drawAll()
    },
    destroy() {
      player.stop()
      endHand()
      endLook()
      draw.stop()
      drawAll.stop()
    },
  }
})
