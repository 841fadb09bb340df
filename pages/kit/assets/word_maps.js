// Where a word acts: the picture being drawn, lit where its patches look at the word in hand; all words as small maps.
// All moments, layers and heads travel once, one byte a weight; nothing that a hand does involves the server, except
// asking what changes without a word, and asking for a weight to be computed again.
import { bytesOf, channels, colours, component, element, fill, framed, number, onLook, percent, quoted } from "./kit.js"
import { playing } from "./playing.js"

const CSS = `
.view { display: grid; grid-template-columns: 304px minmax(0, 1fr) auto; grid-template-areas: "left say say" "left words heads"; grid-template-rows: auto 1fr; gap: 6px 24px; align-items: start; }
.left { grid-area: left; } .say { grid-area: say; } .words { grid-area: words; } .heads { grid-area: heads; } .film { margin-top: 10px; }
.pic canvas { display: block; width: 100%; aspect-ratio: 1; border-radius: 8px; cursor: crosshair; touch-action: pan-y; box-shadow: 0 0 0 1px var(--line); }
.left figcaption { margin: 4px 0 0; font-size: 13px; color: var(--soft); line-height: 1.35; } figure { margin: 0; }
.reading { margin: 0 0 4px; font: 600 21px/1.35 var(--serif); min-height: 57px; max-width: 40em; text-wrap: pretty; }
.reading .k { color: var(--key); } .reading .q { color: var(--query); }
.title { margin: 0 0 5px; font-size: 13px; color: var(--soft); line-height: 1.35; }
.tiles { display: flex; flex-wrap: wrap; gap: 6px 5px; }
.tiles button { border: 2px solid transparent; background: none; border-radius: 8px; padding: 4px; width: 74px; line-height: 1; text-align: center; }
.tiles.many button { width: 66px; padding: 3px; }
.tiles button:hover { border-color: var(--line); } .tiles button[aria-pressed=true] { border-color: var(--key); background: color-mix(in srgb, var(--key) 9%, transparent); }
.tiles canvas { display: block; width: 100%; aspect-ratio: 1; border-radius: 4px; image-rendering: pixelated; box-shadow: 0 0 0 1px var(--line); }
.tiles b { display: block; margin-top: 5px; font: 600 15px/1.15 var(--serif); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.tiles button[aria-pressed=true] b { color: color-mix(in srgb, var(--key) 65%, var(--ink)); } .tiles b.unknown { text-decoration: underline wavy var(--warn); }
.tiles small { display: block; margin-top: 2px; font: 13px/1.2 var(--sans); color: var(--soft); font-variant-numeric: tabular-nums; } .of-patch .tiles small { color: var(--query); font-weight: 600; }
.grid { display: grid; gap: 3px; align-items: center; justify-content: start; }
.grid span { font-size: 12px; color: var(--soft); padding-right: 4px; line-height: 1; white-space: nowrap; }
.grid button { border: 2px solid transparent; border-radius: 6px; padding: 1px; background: none; line-height: 0; width: 40px; position: relative; }
.grid button canvas { width: 100%; aspect-ratio: 1; image-rendering: pixelated; border-radius: 3px; box-shadow: 0 0 0 1px var(--line); display: block; }
.grid button:hover { border-color: var(--line); } .grid button[aria-pressed=true] { border-color: var(--accent); }
.grid button.telling::after { content: ""; position: absolute; right: 0; top: 0; width: 9px; height: 9px; border-radius: 50%; background: var(--key); box-shadow: 0 0 0 2px var(--card); }
.row { display: flex; flex-wrap: wrap; gap: 6px; margin: 0 0 7px; } .row .act { padding: 3px 10px; min-height: 30px; font-size: 13px; }
.row .act[aria-pressed=true] { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.heads .row { flex-direction: column; align-items: stretch; max-width: 200px; margin-top: 7px; } .legend { margin: 6px 0 0; font-size: 12px; color: var(--soft); max-width: 200px; line-height: 1.3; }
.legend i { display: inline-block; width: 9px; height: 9px; border-radius: 50%; background: var(--key); margin-right: 5px; }
.strip { display: flex; gap: 2px; cursor: pointer; touch-action: pan-y; }
.strip canvas { flex: 1 1 0; min-width: 0; aspect-ratio: 1; border-radius: 4px; image-rendering: pixelated; opacity: .62; box-shadow: 0 0 0 1px var(--line); }
.strip canvas.now { opacity: 1; box-shadow: 0 0 0 2px var(--accent); }
.film input { width: 100%; margin: 5px 0 0; accent-color: var(--accent); display: block; height: 22px; }
.waiting { opacity: .45; }
@media (max-width: 1000px) { .view { grid-template-columns: 260px minmax(0, 1fr); grid-template-areas: "left say" "left words" "heads heads"; grid-template-rows: auto 1fr auto; } }
@media (max-width: 640px) { .view { grid-template-columns: minmax(0, 1fr); grid-template-areas: "say" "words" "left" "heads"; grid-template-rows: none; gap: 12px; }
  .reading { font-size: 18px; min-height: 74px; } .pic canvas { max-width: 300px; margin: 0 auto; } .tiles { flex-wrap: nowrap; overflow-x: auto; padding: 3px; margin: 0 -3px; } .tiles button, .tiles.many button { flex: none; width: 62px; padding: 3px; } .tiles b { font-size: 14px; } }
`
const ALL = -1
const VEIL = 0.78 // how much of the page's paper lies over a patch on which the word does not act

export default component(CSS, (root, { tell, keep }) => {
  const canvas = element("canvas", { tabindex: "0", role: "application" })
  const under = element("figcaption"), reading = element("p", { class: "reading", role: "status" })
  const switching = element("div", { class: "row", role: "group" }), tilesTitle = element("p", { class: "title" })
  const tiles = element("div", { class: "tiles", role: "group" }), headsTitle = element("p", { class: "title" })
  const grid = element("div", { class: "grid" }),
    together = element("div", { class: "row", role: "group" }),
    legend = element("p", { class: "legend" })
  const strip = element("div", { class: "strip", "aria-hidden": "true" }),
    range = element("input", { type: "range", step: "1", min: "0" })
  const filmTitle = element("p", { class: "title" })
  const heads = element("div", { class: "heads" }, headsTitle, grid, legend, together)
  const view = element(
    "div",
    { class: "view" },
    element(
      "figure",
      { class: "left" },
      element("div", { class: "pic" }, canvas),
      under,
      element("div", { class: "film" }, filmTitle, strip, range),
    ),
    element("div", { class: "say" }, reading, switching),
    element("div", { class: "words" }, tilesTitle, tiles),
    heads,
  )
  root.append(view)

  let data, weights, effects, noisy, guesses, N = 0, L = 0, n = 0, drawn = "", seen = ""
  let moment = 0, layer = ALL, head = ALL, word = 0, pinned = 0, patch = null, view_ = "looks", auto = false
  let tileOf = [], headOf = [], frames = [], images = new Map(), means = new Map()

  /** (N, L) the weights of one head at the moment, or the mean of all heads. */
  const block = (l, h) => {
    const id = `${moment}:${l}:${h}`
    if (means.has(id)) return means.get(id)
    const made = new Float32Array(N * L), each = (l_, h_) => ((moment * data.n_layers + l_) * data.n_heads + h_) * N * L
    const from = l === ALL
      ? Array.from(
        { length: data.n_layers * data.n_heads },
        (_, i) => each(Math.floor(i / data.n_heads), i % data.n_heads),
      )
      : [each(l, h)]
    for (const start of from) for (let i = 0; i < N * L; i++) made[i] += (weights[start + i] / 255) ** 2 / from.length
    means.set(id, made)
    return made
  }
  /** (N,) a word's map: what the patches take from it, or what changes without it. */
  const mapOf = (w, l = layer, h = head) => {
    if (view_ === "effect" && effects) {
      return Float32Array.from(
        { length: N },
        (_, i) => (effects[(moment * L + w) * N + i] / 255) ** 2 * data.largest_effect,
      )
    }
    const from = block(l, h)
    return Float32Array.from({ length: N }, (_, i) => from[i * L + w])
  }
  const picture = (from, at) => {
    const id = `${from === noisy ? "n" : "g"}${at}`
    if (images.has(id)) return images.get(id)
    const S = data.size, made = new OffscreenCanvas(S, S), pixels = new ImageData(S, S)
    for (let i = 0; i < S * S; i++) {
      for (let c = 0; c < 3; c++) pixels.data[4 * i + c] = from[(at * S * S + i) * 3 + c]
      pixels.data[4 * i + 3] = 255
    }
    made.getContext("2d").putImageData(pixels, 0, 0)
    images.set(id, made)
    return made
  }
  /** A map as n by n pixels, the brightest patch in full colour. */
  let ends // the colours of nothing and of the most, as channels
  const drawMap = (target, map, top = Math.max(...map)) => {
    target.width = target.height = n
    const pen = target.getContext("2d"), pixels = new ImageData(n, n)
    const [low, high] = ends
    map.forEach((share, i) => {
      for (let c = 0; c < 3; c++) pixels.data[4 * i + c] = low[c] + (high[c] - low[c]) * (top ? share / top : 0)
      pixels.data[4 * i + 3] = 255
    })
    pen.putImageData(pixels, 0, 0)
  }

  const drawPicture = () => {
    const side = canvas.clientWidth
    if (!side) return
    const ratio = devicePixelRatio || 1, pen = canvas.getContext("2d"), colour = colours(root), cell = side / n
    canvas.width = canvas.height = Math.round(side * ratio)
    pen.scale(ratio, ratio)
    pen.imageSmoothingEnabled = false
    pen.drawImage(picture(guesses, moment), 0, 0, side, side)
    const map = mapOf(word), top = Math.max(...map) || 1
    pen.fillStyle = colour("card")
    map.forEach((share, i) => {
      pen.globalAlpha = VEIL * (1 - Math.sqrt(share / top))
      const edge = (k) => Math.round(k * cell * ratio) / ratio, x = i % n, y = Math.floor(i / n)
      pen.fillRect(edge(x), edge(y), edge(x + 1) - edge(x), edge(y + 1) - edge(y))
    })
    pen.globalAlpha = 1
    const inside = (x, y) => x >= 0 && y >= 0 && x < n && y < n && map[y * n + x] >= top / 2
    const line = (x, y, dx, dy) => {
      pen.beginPath()
      pen.moveTo(x * cell, y * cell)
      pen.lineTo((x + dx) * cell, (y + dy) * cell)
      pen.stroke()
    }
    for (const [style, width] of [[colour("card"), 5], [colour("key"), 2.5]]) {
      pen.strokeStyle = style
      pen.lineWidth = width
      pen.lineCap = "round"
      for (let y = 0; y < n; y++) {
        for (let x = 0; x < n; x++) {
          if (!inside(x, y)) continue
          if (!inside(x - 1, y)) line(x, y, 0, 1)
          if (!inside(x + 1, y)) line(x + 1, y, 0, 1)
          if (!inside(x, y - 1)) line(x, y, 1, 0)
          if (!inside(x, y + 1)) line(x, y + 1, 1, 0)
        }
      }
    }
    if (patch !== null) {
      pen.lineWidth = 3
      pen.strokeStyle = colour("query")
      pen.strokeRect((patch % n) * cell + 1.5, Math.floor(patch / n) * cell + 1.5, cell - 3, cell - 3)
    }
  }

  const drawMaps = () => {
    const colour = colours(root)
    ends = [channels(colour("card")), channels(colour("accent"))]
    view.classList.toggle("of-patch", patch !== null)
    const top = view_ === "effect" ? Math.max(...data.words.map((_, w) => Math.max(...mapOf(w)))) : undefined
    tileOf.forEach(({ button, canvas: small, share }, w) => {
      const map = mapOf(w)
      drawMap(small, map, top) // looks: each word on its own scale; what differs: one scale for all
      share.textContent = percent(patch === null ? Math.max(...map) : map[patch], data.lang)
      button.setAttribute("aria-pressed", String(w === word))
    })
    if (!heads.inert) {
      headOf.forEach(({ button, canvas: small, l, h }) => {
        drawMap(small, mapOf(word, l, h))
        button.setAttribute("aria-pressed", String(l === layer && h === head))
        const [tl, th] = data.moments[moment].telling
        button.classList.toggle("telling", l === tl && h === th)
      })
    }
    const [tl, th] = data.moments[moment].telling
    together.children[0]?.setAttribute("aria-pressed", String(layer === ALL))
    together.children[1]?.setAttribute("aria-pressed", String(layer === tl && head === th))
    frames.forEach((each, at) => each.classList.toggle("now", at === moment))
    range.value = String(moment)
  }

  const name = (w) => quoted(data.words[w], data.lang)
  const say = () => {
    const said = data.said, map = mapOf(word), top = Math.max(...map)
    const parts = (sentence, values) =>
      sentence.split(/(\{\w+\})/).filter(Boolean).map((part) => {
        const key = part.match(/^\{(\w+)\}$/)?.[1]
        if (!key) return part
        return ["word", "other"].includes(key)
          ? element("span", { class: "k", text: values[key] })
          : element("span", { text: values[key] })
      })
    let found
    if (view_ === "effect") {
      found = parts(top < 0.05 ? said.nothing : said.hidden, { word: name(word), share: percent(top, data.lang) })
    } else if (patch !== null) {
      const from = block(layer, head),
        order = data.words.map((_, w) => w).sort((a, b) => from[patch * L + b] - from[patch * L + a])
      found = L > 1
        ? parts(said.takes, {
          word: name(order[0]),
          share: percent(from[patch * L + order[0]], data.lang),
          other: name(order[1]),
          second: percent(from[patch * L + order[1]], data.lang),
        })
        : [""]
    } else {found = parts(said.acts, {
        word: name(word),
        share: percent(top, data.lang),
        n: map.filter((share) => share >= top / 2).length,
        all: N,
      })}
    const text = found.map((each) => each.textContent ?? each).join("")
    if (text !== seen) {
      seen = text
      reading.replaceChildren(...found)
    }
    const now = data.moments[moment]
    const spoken = fill(said.moment, { step: now.step, all: data.n_steps, noise: percent(now.noise, data.lang) })
    filmTitle.textContent = `${said.film} · ${spoken}`
    range.setAttribute("aria-valuetext", spoken)
    headsTitle.textContent = fill(said.heads, { word: name(word) })
  }
  const drawAll = framed(() => {
    if (!weights) return
    drawPicture()
    drawMaps()
    say()
    window.__gbDraws = (window.__gbDraws ?? 0) + 1
  })
  const hold = (w) => {
    word = w
    drawAll()
  }
  const go = (at) => {
    moment = Math.max(0, Math.min(data.moments.length - 1, at))
    drawAll()
  }
  const choose = (l, h) => {
    layer = l
    head = h
    auto = false
    drawAll()
  }

  const player = playing(root, () => {
    if (moment < data.moments.length - 1) return go(moment + 1)
    pinned = word = (pinned + 1) % L
    go(0)
  }, 1100)
  root.append(player.button)

  const buildTiles = () => {
    tileOf = data.words.map((text, w) => {
      const small = element("canvas", { "aria-hidden": "true" }), share = element("small")
      const label = element("b", {
        text: text || "∅",
        class: data.known[w] ? null : "unknown",
        title: data.known[w] ? text : `${text}: ${data.said.unknown}`,
      })
      const button = element("button", { type: "button", tabindex: w === pinned ? "0" : "-1" }, small, label, share)
      button.addEventListener("pointerenter", (event) => {
        if (event.pointerType !== "touch") hold(w)
      })
      button.addEventListener("focus", () => hold(w))
      button.addEventListener("click", () => {
        pinned = w
        patch = null
        hold(w)
        roam()
      })
      return { button, canvas: small, share }
    })
    tiles.classList.toggle("many", L > 14) // two rows are enough
    tiles.replaceChildren(...tileOf.map((each) => each.button))
  }
  const roam = () =>
    tileOf.forEach(({ button }, w) => {
      button.tabIndex = w === pinned ? 0 : -1
    })
  tiles.addEventListener("pointerleave", () => hold(pinned))
  tiles.addEventListener("keydown", (event) => {
    const now = tileOf.findIndex(({ button }) => button === event.target),
      to = now + ({ ArrowRight: 1, ArrowLeft: -1 }[event.key] ?? NaN)
    if (!tileOf[to]) return
    event.preventDefault()
    pinned = to
    roam()
    tileOf[to].button.focus()
  })

  const buildHeads = () => {
    grid.style.gridTemplateColumns = `auto repeat(${data.n_heads}, ${data.n_heads > 6 ? 28 : 40}px)`
    headOf = []
    const nodes = []
    for (let l = 0; l < data.n_layers; l++) {
      nodes.push(element("span", { text: fill(data.said.layer, { n: l + 1 }) }))
      for (let h = 0; h < data.n_heads; h++) {
        const small = element("canvas", { "aria-hidden": "true" }),
          label = `${fill(data.said.layer, { n: l + 1 })}, ${fill(data.said.head, { n: h + 1 })}`
        const button = element("button", { type: "button", "aria-label": label, title: label }, small)
        button.addEventListener("click", () => choose(l, h))
        headOf.push({ button, canvas: small, l, h })
        nodes.push(button)
      }
    }
    grid.replaceChildren(...nodes)
    const all = element("button", {
      type: "button",
      class: "act",
      text: data.said.all,
      onclick: () => choose(ALL, ALL),
    })
    const telling = element("button", {
      type: "button",
      class: "act",
      text: data.said.telling,
      onclick: () => choose(...data.moments[moment].telling),
    })
    together.replaceChildren(all, telling)
    legend.replaceChildren(element("i", { "aria-hidden": "true" }), data.said.telling_here)
  }
  const buildFilm = () => {
    frames = data.moments.map((_, at) => {
      const each = element("canvas", { width: data.size, height: data.size })
      each.getContext("2d").drawImage(picture(noisy, at), 0, 0)
      return each
    })
    strip.replaceChildren(...frames)
    range.max = String(data.moments.length - 1)
  }
  const buildSwitch = () => {
    switching.replaceChildren(...["looks", "effect"].map((each) => {
      const button = element("button", {
        type: "button",
        class: "act",
        text: data.said[each],
        "aria-pressed": String(view_ === each),
      })
      button.addEventListener("click", () => {
        view_ = each
        keep("view", each) // the server measures once, and only if it is asked
        shown()
      })
      return button
    }))
  }
  const shown = () => {
    const waits = view_ === "effect" && !effects
    view.classList.toggle("waiting", waits)
    ;[...switching.children].forEach((button, i) =>
      button.setAttribute("aria-pressed", String(view_ === ["looks", "effect"][i]))
    )
    heads.inert = view_ === "effect"
    heads.style.visibility = heads.inert ? "hidden" : ""
    tilesTitle.textContent = `${data.said.caption_hint} ${heads.inert ? data.said.scale_effect : data.said.scale}`
    patch = null
    drawAll()
  }
  const turn = (event) => {
    const box = strip.getBoundingClientRect()
    go(Math.floor((event.clientX - box.left) / box.width * data.moments.length))
  }
  strip.addEventListener("pointerdown", (event) => {
    strip.setPointerCapture(event.pointerId)
    turn(event)
  })
  strip.addEventListener("pointermove", (event) => {
    if (strip.hasPointerCapture(event.pointerId)) turn(event)
  })
  range.addEventListener("input", () => go(Number(range.value)))

  const at = (event) => {
    const box = canvas.getBoundingClientRect(),
      x = Math.floor((event.clientX - box.left) / box.width * n),
      y = Math.floor((event.clientY - box.top) / box.height * n)
    return x >= 0 && y >= 0 && x < n && y < n ? y * n + x : null
  }
  const ask = () => {
    if (view_ === "looks" && patch !== null) tell("cell", { moment: data.moments[moment].at, layer, head, patch, word })
  }
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "touch") {
      patch = at(event)
      drawAll()
    }
  })
  canvas.addEventListener("pointerleave", (event) => {
    if (event.pointerType !== "touch") {
      patch = null
      drawAll()
    }
  })
  canvas.addEventListener("click", (event) => {
    const next = at(event), again = next === patch || event.pointerType !== "touch"
    patch = next
    drawAll()
    if (again) ask() // a finger chooses first, and asks with its second touch
  })
  canvas.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault()
      ask()
      return
    }
    if (event.key === "Escape") {
      patch = null
      drawAll()
      return
    }
    const move = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key]
    if (!move) return
    event.preventDefault()
    const x = patch === null ? 0 : patch % n, y = patch === null ? 0 : Math.floor(patch / n)
    patch = patch === null
      ? mapOf(word).indexOf(Math.max(...mapOf(word)))
      : Math.max(0, Math.min(n - 1, y + move[1])) * n + Math.max(0, Math.min(n - 1, x + move[0]))
    drawAll()
  })
  canvas.addEventListener("blur", () => {
    patch = null
    drawAll()
  })
  const endLook = onLook(root, drawAll)

  return {
    update(next) {
      const first = !data
      data = next
      N = data.n_patches
      n = Math.round(Math.sqrt(N))
      L = data.words.length
      effects = data.effects ? bytesOf(data.effects) : null
      const signature = data.weights.length + data.weights.slice(-400) + data.noisy.slice(0, 400) + data.words.join(" ")
      if (signature !== drawn) {
        drawn = signature
        weights = bytesOf(data.weights)
        noisy = bytesOf(data.noisy)
        guesses = bytesOf(data.guesses)
        images.clear()
        means.clear()
        if (first || moment >= data.moments.length) moment = data.moment
        pinned = word = data.word
        patch = null
        if (first || layer >= data.n_layers || head >= data.n_heads) {
          layer = data.layer
          head = data.head
        }
      }
      buildTiles()
      buildHeads()
      buildFilm()
      if (!switching.children.length || switching.dataset.lang !== data.lang) buildSwitch()
      switching.dataset.lang = data.lang
      under.textContent = data.said.hint
      tiles.setAttribute("aria-label", data.said.caption)
      switching.setAttribute("aria-label", data.said.view)
      canvas.setAttribute("aria-label", data.said.picture)
      range.setAttribute("aria-label", data.said.film)
      player.set(Boolean(data.play), { play: data.said.play, pause: data.said.pause })
      reading.setAttribute("aria-live", data.play ? "off" : "polite")
      shown()
    },
    destroy() {
      player.stop()
      endLook()
      drawAll.stop()
    },
  }
})
