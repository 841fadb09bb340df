// The picture book: what arrives and what is left of it, a wall of pictures, and one of them from pixels to vectors.
import { bytesOf, component, element, fill, framed, number, onLook, percent, quiet, speaker } from "./kit.js"

const CSS = `
.gb { container-type: inline-size; }
.book { display: grid; grid-template-columns: minmax(0, 1fr) 352px; gap: 12px 26px; align-items: start; }
.funnel { grid-column: 1 / -1; display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 0 30px; margin: 0; padding: 0; list-style: none; }
.funnel li { position: relative; }
.funnel li + li::before { content: "→"; position: absolute; left: -23px; top: 1px; color: var(--edge); font: 17px/1.3 var(--sans); }
.funnel b { font: 600 23px/1.15 var(--serif); font-variant-numeric: lining-nums tabular-nums; }
.funnel span { font-size: 14px; color: var(--ink); margin-left: 7px; }
.funnel i { display: block; height: 6px; margin: 4px 0 3px; border-radius: 3px; background: var(--line); overflow: hidden; }
.funnel i u { display: block; height: 100%; border-radius: 3px; background: var(--accent); transition: width .35s ease-out; }
.funnel li:first-child i u { background: var(--house); }
.funnel small { display: block; font-size: 13px; line-height: 1.35; color: var(--soft); min-height: 18px; }
.funnel button { border: 0; padding: 0; min-height: 24px; background: none; color: var(--warn); font-size: 13px; text-align: left; text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: 3px; }
.funnel button[aria-pressed="true"] { font-weight: 600; text-decoration-thickness: 2px; }
.bar { display: flex; justify-content: space-between; align-items: baseline; gap: 10px; min-height: 26px; }
h3 { font: 600 15px/1.3 var(--sans); margin: 0; }
.bar .act { padding: 1px 11px; min-height: 26px; font-size: 13px; }
.wall { display: flex; flex-wrap: wrap; gap: 6px; margin: 6px 0 0; min-height: 54px; }
.wall button, .pair, .file { position: relative; border: 0; padding: 0; background: none; border-radius: 4px; line-height: 0; }
.wall canvas { display: block; border-radius: 4px; }
.wall button[aria-pressed="true"] { outline: 2.5px solid var(--accent); outline-offset: 1.5px; }
.wall button.gone canvas:first-child { opacity: .28; filter: grayscale(.6); }
.wall .marks { position: absolute; inset: 0; pointer-events: none; }
.wall .flag { position: absolute; right: -3px; top: -4px; min-width: 17px; height: 17px; padding: 0 3px; border-radius: 9px; background: var(--warn); color: var(--card); font: 700 12px/17px var(--sans); text-align: center; }
.wall .flag.yours { background: var(--accent); color: var(--on-accent); }
.wall .torn { display: grid; place-content: center; border: 1.5px dashed var(--warn); border-radius: 4px; color: var(--warn); font: 600 17px/1 var(--sans); background: repeating-linear-gradient(135deg, color-mix(in srgb, var(--warn) 9%, transparent) 0 4px, transparent 4px 9px); }
.wall.finding button:not(.has) canvas:first-child { opacity: .3; }
.said { min-height: 40px; margin: 8px 0 0; } .said p { margin: 3px 0 0; font: 13px/1.35 var(--sans); color: var(--soft); } .said p b { color: var(--warn); font-weight: 600; }
.pair { display: grid; grid-template-columns: auto 30px auto; justify-content: start; align-items: center; width: 154px; margin: 0 0 2px 0; line-height: 1.1; }
.pair > span { text-align: center; color: var(--soft); font: 12px/1.2 var(--sans); } .pair > span::before { content: "="; display: block; font: 600 15px/1 var(--sans); color: var(--warn); }
.pair small { grid-column: 1 / -1; font: 12px/1.3 var(--sans); color: var(--soft); padding-top: 2px; }
.file { flex: 1 1 218px; display: grid; grid-template-columns: 40px 1fr; gap: 9px; line-height: 1.3; align-items: center; } .file .torn { height: 40px; }
.file b { font-size: 13px; font-weight: 600; } .file p { margin: 0; font-size: 13px; color: var(--soft); overflow-wrap: anywhere; } .file code { font: 12px/1.3 var(--mono); }
.apples { display: grid; grid-template-columns: auto minmax(0, 1fr) auto; align-items: center; gap: 3px 12px; margin-top: 4px; font-size: 13px; color: var(--soft); }
.apples div { display: flex; height: 14px; border-radius: 4px; overflow: hidden; border: 1px solid var(--edge); } .apples i { display: block; height: 100%; min-width: 0; transition: width .35s; } .apples i + i { border-left: 1px solid var(--card); }
.ray { min-width: 0; }
.cut { display: grid; grid-template-columns: 224px 1fr; gap: 12px; margin-top: 6px; }
.cut .picture { position: relative; width: 224px; height: 224px; border-radius: 5px; overflow: hidden; cursor: crosshair; touch-action: manipulation; }
.cut canvas { position: absolute; inset: 0; width: 100%; height: 100%; }
.nums { display: grid; align-content: start; gap: 7px; } .nums p { margin: 0; font-size: 13px; line-height: 1.35; color: var(--soft); } .nums p b { color: var(--ink); font: 600 15px/1.2 var(--serif); }
.patch { display: grid; gap: 1px; width: 116px; height: 142px; border-radius: 4px; overflow: hidden; }
.patch span { display: grid; place-content: center; font: 11px/1 var(--mono); text-align: center; white-space: pre; letter-spacing: -.04em; }
.vector { margin-top: 10px; } .vector canvas { display: block; width: 100%; height: 52px; }
.vector p { display: flex; justify-content: space-between; margin: 3px 0 0; font-size: 13px; line-height: 1.35; color: var(--soft); gap: 8px; } .vector p b { color: var(--ink); font-weight: 600; }
.words { display: flex; flex-wrap: wrap; gap: 4px 3px; font: 15px/1.2 var(--serif); }
.words span { padding: 2px 4px; border-radius: 3px; background: color-mix(in srgb, var(--tint) 18%, var(--card)); border-bottom: 2px solid color-mix(in srgb, var(--tint) 60%, transparent); text-align: center; }
.words small { display: block; font: 12px/1.2 var(--mono); color: var(--soft); }
.words .unknown { background: none; border-bottom: 2px dashed var(--warn); }
.words span:nth-child(4n+1) { --tint: oklch(0.62 0.1 250) } .words span:nth-child(4n+2) { --tint: oklch(0.62 0.09 155) }
.words span:nth-child(4n+3) { --tint: oklch(0.66 0.1 70) } .words span:nth-child(4n) { --tint: oklch(0.62 0.09 330) }
.steps { grid-column: 1 / -1; display: grid; grid-template-columns: repeat(auto-fit, minmax(104px, 1fr)); gap: 10px 20px; padding: 2px 0; margin: 0; list-style: none; }
.steps li { position: relative; font-size: 13px; line-height: 1.3; color: var(--soft); overflow-wrap: anywhere; hyphens: auto; }
.steps li + li::before { content: "→"; position: absolute; left: -17px; top: 30px; color: var(--edge); font-size: 15px; }
.steps .view { height: 78px; border-radius: 5px; background: repeating-conic-gradient(var(--line) 0 25%, var(--card) 0 50%) 0 0 / 12px 12px; margin-bottom: 4px; overflow: hidden; }
.steps img { display: block; width: 100%; height: 100%; object-fit: contain; } .steps img.exact { image-rendering: pixelated; }
.steps b { display: block; color: var(--ink); font-size: 14px; font-weight: 600; } .steps .done b { color: var(--accent); }
.steps[hidden], .apples[hidden] { display: none; }
@container (max-width: 760px) {
  .book { grid-template-columns: minmax(0, 1fr); }
  .funnel { grid-template-columns: repeat(2, minmax(0, 1fr)); row-gap: 10px; } .funnel li:nth-child(3)::before { content: none; }
}
@container (max-width: 370px) { .cut { grid-template-columns: 192px 1fr; gap: 9px; } .cut .picture { width: 192px; height: 192px; } }
`
const TILE = 44

export default component(CSS, (root, { tell }) => {
  const funnel = element("ol", { class: "funnel" })
  const title = element("h3"), back = element("button", { type: "button", class: "act" })
  const wall = element("div", { class: "wall", role: "group" })
  const said = element("div", { class: "said", role: "status" })
  const apples = element("div", { class: "apples" }), steps = element("ol", { class: "steps" })
  const picture = element("canvas"), over = element("canvas")
  const frame = element("div", { class: "picture", tabindex: "0", role: "application" }, picture, over)
  const patchBox = element("div", { class: "patch", "aria-hidden": "true" }), where = element("p")
  const vector = element("canvas", { "aria-hidden": "true" }), vectorSaid = element("p")
  const rayTitle = element("h3")
  root.append(
    element(
      "div",
      { class: "book" },
      funnel,
      steps,
      element("div", {}, element("div", { class: "bar" }, title, back), wall, said),
      element(
        "div",
        { class: "ray" },
        element("div", { class: "bar" }, rayTitle),
        element("div", { class: "cut" }, frame, element("div", { class: "nums" }, patchBox, where)),
        element("div", { class: "vector" }, vector, vectorSaid),
        apples,
      ),
    ),
  )
  const speak = speaker(root, 0.7)

  let data = null, sheet = "", pixels = [], tiles = [], chosen = -1, patch = -1, view = "all", touched = false

  const n = (value, digits = 0) => number(value, digits, data.lang)
  const grid = () => data.size / data.patch
  const tileOf = (index) => data.tiles.find((each) => each.at === index)

  /** Every picture of the sheet as its own bytes, red, green and blue of a pixel side by side. */
  const unpack = async () => {
    const bitmap = await createImageBitmap(new Blob([bytesOf(data.sheet)], { type: "image/png" }), {
      colorSpaceConversion: "none",
      premultiplyAlpha: "none",
    })
    const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d", { willReadFrequently: true })
    pen.drawImage(bitmap, 0, 0)
    const size = data.size, columns = bitmap.width / size
    return Array.from(
      { length: data.n_pictures },
      (_, i) => pen.getImageData((i % columns) * size, Math.floor(i / columns) * size, size, size),
    )
  }
  const paint = (canvas, index, side) => {
    const dpr = devicePixelRatio || 1
    canvas.width = canvas.height = Math.round(side * dpr)
    canvas.style.width = canvas.style.height = `${side}px`
    const small = new OffscreenCanvas(data.size, data.size)
    small.getContext("2d").putImageData(pixels[index], 0, 0)
    const pen = canvas.getContext("2d")
    pen.imageSmoothingEnabled = side < 4 * data.size
    pen.imageSmoothingQuality = "high"
    if (side % data.size === 0) pen.imageSmoothingEnabled = false
    pen.drawImage(small, 0, 0, canvas.width, canvas.height)
  }
  const drawn = (index, side = TILE) => {
    const canvas = element("canvas", { "aria-hidden": "true" })
    paint(canvas, index, side)
    return canvas
  }

  /** A patch's numbers: row by row, red, green and blue of a pixel side by side. */
  const numbers = (index, place) => {
    const { data: bytes } = pixels[index], p = data.patch, s = data.size
    const top = Math.floor(place / grid()) * p, left = (place % grid()) * p
    const found = []
    for (let y = 0; y < p; y++) {
      for (let x = 0; x < p; x++) {
        const at = ((top + y) * s + left + x) * 4
        found.push(bytes[at], bytes[at + 1], bytes[at + 2])
      }
    }
    return found
  }
  const same = (index, place, wanted) => {
    const { data: bytes } = pixels[index], p = data.patch, s = data.size
    const top = Math.floor(place / grid()) * p, left = (place % grid()) * p
    let i = 0
    for (let y = 0; y < p; y++) {
      for (let x = 0; x < p; x++) {
        const at = ((top + y) * s + left + x) * 4
        if (bytes[at] !== wanted[i++] || bytes[at + 1] !== wanted[i++] || bytes[at + 2] !== wanted[i++]) return false
      }
    }
    return true
  }
  const places = (index, wanted) =>
    Array.from({ length: grid() ** 2 }, (_, place) => place).filter((place) => same(index, place, wanted))

  const drawFunnel = () => {
    const first = Math.max(1, data.funnel[0].n)
    funnel.replaceChildren(...data.funnel.map((part) => {
      const below = element("small", {})
      if (part.view && part.gone > 0) {
        below.append(
          element("button", {
            type: "button",
            text: part.note,
            "aria-pressed": String(view === part.view),
            onclick: () => {
              view = view === part.view ? "all" : part.view
              drawFunnel()
              drawWall()
            },
          }),
        )
      } else below.textContent = part.note
      if (part.also) below.append(element("br"), part.also)
      const bar = element("u")
      bar.style.width = `${(100 * part.n) / first}%`
      return element(
        "li",
        {},
        element("b", { text: n(part.n) }),
        element("span", { text: part.label }),
        element("i", { "aria-hidden": "true" }, bar),
        below,
      )
    }))
  }
  const describe = (tile) => {
    said.replaceChildren()
    if (!tile || view !== "all") {
      said.append(element("p", { text: view === "all" ? data.words.hint : data.words[`${view}_note`] }))
      return
    }
    if (tile.tokens.length && tile.at >= 0) {
      said.append(
        element(
          "div",
          { class: "words" },
          ...tile.tokens.map(([text, id, known]) =>
            element(
              "span",
              { class: known ? null : "unknown", title: known ? null : data.words.unknown },
              text || data.words.no_caption,
              element("small", { text: String(id) }),
            )
          ),
        ),
      )
    }
    const about = element("p")
    if (tile.why) about.append(element("b", { text: tile.why }), " ")
    about.append(tile.note ?? "")
    if (tile.tokens.some(([, , known]) => !known)) about.append(` ${data.words.unknown}`)
    said.append(about)
  }
  const drawWall = () => {
    back.hidden = view === "all" && !data.more
    back.textContent = view === "all" ? data.words.more : data.words.back
    wall.classList.remove("finding")
    wall.setAttribute("aria-label", data.words[view])
    title.textContent = data.words[view]
    tiles = []
    if (view === "copies") {
      wall.replaceChildren(
        ...data.pairs.map((pair) =>
          element(
            "div",
            { class: "pair" },
            drawn(pair.kept),
            element("span", { text: n(pair.distance, 2) }),
            drawn(pair.copy),
            element("small", { text: pair.about }),
          )
        ),
      )
    } else if (view === "unreadable") {
      wall.replaceChildren(
        ...data.files.map((file) =>
          element(
            "div",
            { class: "file" },
            element("div", { class: "torn", "aria-hidden": "true", text: "×" }),
            element(
              "div",
              {},
              element("b", { text: file.why }),
              element("p", {}, element("code", { text: file.head || "–" }), ` · ${file.about}`),
            ),
          )
        ),
      )
    } else {
      tiles = data.tiles.map((tile) => {
        const button = element("button", {
          type: "button",
          class: tile.gone ? "gone" : null,
          tabindex: "-1",
          "aria-pressed": String(tile.at === chosen && tile.at >= 0),
          "aria-label": [tile.caption || data.words.no_caption, tile.why].filter(Boolean).join(" · "),
        })
        if (tile.at < 0) {
          button.append(
            element("div", { class: "torn", text: "×", style: { width: `${TILE}px`, height: `${TILE}px` } }),
          )
        } else button.append(drawn(tile.at), element("canvas", { class: "marks", "aria-hidden": "true" }))
        if (tile.flag) {
          button.append(
            element("span", {
              class: tile.flag === "★" ? "flag yours" : "flag",
              "aria-hidden": "true",
              text: tile.flag,
            }),
          )
        }
        button.addEventListener("pointerenter", () => describe(tile))
        button.addEventListener("focus", () => describe(tile))
        button.addEventListener("pointerleave", () => describe(tileOf(chosen)))
        button.addEventListener("click", () => {
          if (tile.at >= 0) choose(tile.at)
        })
        return button
      })
      if (tiles.length) tiles[Math.max(0, data.tiles.findIndex((tile) => tile.at === chosen))].tabIndex = 0
      wall.replaceChildren(...tiles)
    }
    describe(tileOf(chosen))
    mark()
  }
  const choose = (index) => {
    chosen = index
    tiles.forEach((button, i) => {
      const is = data.tiles[i].at === index
      button.setAttribute("aria-pressed", String(is))
      button.tabIndex = is ? 0 : -1
    })
    describe(tileOf(index))
    drawRay()
    if (tileOf(index)?.own) tell("chosen", tileOf(index).own)
  }
  const drawRay = () => {
    if (chosen < 0 || !pixels[chosen]) return
    const tile = tileOf(chosen)
    rayTitle.textContent = fill(data.words.ray, { n: n(grid() ** 2) })
    frame.setAttribute("aria-label", `${rayTitle.textContent}: ${tile?.caption ?? ""}. ${data.words.ray_keys}`)
    paint(picture, chosen, frame.clientWidth || 224)
    picture.style.width = picture.style.height = "100%"
    if (patch < 0 || patch >= grid() ** 2) patch = busiest()
    mark()
  }
  /** The patch in which most is going on: a first glance should fall on something. */
  const busiest = () => {
    let best = 0, most = -1
    for (let place = 0; place < grid() ** 2; place++) {
      const values = numbers(chosen, place), mean = values.reduce((a, b) => a + b) / values.length
      const spread = values.reduce((sum, v) => sum + (v - mean) ** 2, 0)
      if (spread > most) {
        most = spread
        best = place
      }
    }
    return best
  }
  const mark = framed(() => {
    if (!data || chosen < 0 || !pixels[chosen] || patch < 0) return
    const style = getComputedStyle(root),
      accent = style.getPropertyValue("--accent"),
      card = style.getPropertyValue("--card"),
      wanted = numbers(chosen, patch)
    const outline = (canvas, side, found, main) => {
      const dpr = devicePixelRatio || 1
      canvas.width = canvas.height = Math.round(side * dpr)
      canvas.style.width = canvas.style.height = `${side}px`
      const pen = canvas.getContext("2d"), step = (side * dpr) / grid()
      if (main) {
        pen.strokeStyle = "rgba(255,255,255,.28)"
        for (let i = 1; i < grid(); i++) {
          pen.beginPath()
          pen.moveTo(i * step, 0)
          pen.lineTo(i * step, canvas.height)
          pen.moveTo(0, i * step)
          pen.lineTo(canvas.width, i * step)
          pen.stroke()
        }
      }
      for (const place of found) {
        const x = (place % grid()) * step, y = Math.floor(place / grid()) * step, is = main && place === patch
        pen.lineWidth = (is ? 3 : main ? 2 : 1.5) * dpr
        pen.strokeStyle = card
        pen.strokeRect(x - dpr, y - dpr, step + 2 * dpr, step + 2 * dpr)
        pen.strokeStyle = accent
        pen.strokeRect(x, y, step, step)
      }
    }
    outline(over, frame.clientWidth || 224, places(chosen, wanted), true)
    let nWith = 0, nAll = 0
    tiles.forEach((button, i) => {
      const tile = data.tiles[i]
      if (tile.at < 0) return
      const found = places(tile.at, wanted)
      nAll++
      nWith += found.length > 0 ? 1 : 0
      button.classList.toggle("has", found.length > 0)
      outline(button.querySelector(".marks"), TILE, found, false)
    })
    const row = Math.floor(patch / grid()) + 1, column = (patch % grid()) + 1
    patchBox.style.gridTemplateColumns = `repeat(${data.patch}, 1fr)`
    patchBox.replaceChildren(...Array.from({ length: data.patch ** 2 }, (_, i) => {
      const [r, g, b] = wanted.slice(3 * i, 3 * i + 3)
      return element("span", {
        text: `${r}\n${g}\n${b}`,
        style: { background: `rgb(${r}, ${g}, ${b})`, color: 0.3 * r + 0.59 * g + 0.11 * b > 128 ? "#17191c" : "#fff" },
      })
    }))
    where.replaceChildren(
      element("b", { text: fill(data.words.patch, { row, column }) }),
      " ",
      tiles.length ? fill(data.words.found, { n: n(nWith), all: n(nAll) }) : "",
      touched ? "" : ` ${data.words.ray_hint}`,
    )
    drawVector(wanted)
    speak(`${fill(data.words.patch, { row, column })} ${fill(data.words.found, { n: n(nWith), all: n(nAll) })}`)
  })
  const drawVector = (wanted) => {
    const dpr = devicePixelRatio || 1, width = vector.clientWidth || 340, height = 52
    vector.width = width * dpr
    vector.height = height * dpr
    const pen = vector.getContext("2d"), style = getComputedStyle(root)
    pen.scale(dpr, dpr)
    const step = width / wanted.length, middle = height / 2
    const hues = ["#c8503f", "#3f9157", "#3d74c4"]
    wanted.forEach((level, i) => {
      const value = level / 127.5 - 1
      pen.fillStyle = hues[i % 3]
      const tall = Math.max(1, Math.abs(value) * (middle - 2))
      pen.fillRect(i * step + 0.5, value >= 0 ? middle - tall : middle, Math.max(1, step - 1), tall)
    })
    pen.fillStyle = style.getPropertyValue("--edge")
    pen.fillRect(0, middle - 0.5, width, 1)
    const text = wanted.slice(0, 4).map((level) => n(level / 127.5 - 1, 2)).join("  ")
    vectorSaid.replaceChildren(
      element("b", { text: fill(data.words.vector, { d: n(wanted.length) }) }),
      element("span", { text: `${text}  …` }),
    )
  }
  const placeAt = (event) => {
    const box = frame.getBoundingClientRect()
    const x = Math.floor(((event.clientX - box.left) / box.width) * grid()),
      y = Math.floor(((event.clientY - box.top) / box.height) * grid())
    return Math.min(grid() - 1, Math.max(0, y)) * grid() + Math.min(grid() - 1, Math.max(0, x))
  }
  const point = (event) => {
    touched = true
    const at = placeAt(event)
    wall.classList.toggle("finding", view === "all")
    if (at !== patch) {
      patch = at
      mark()
    }
  }
  frame.addEventListener("pointermove", point)
  frame.addEventListener("pointerdown", point)
  frame.addEventListener("pointerleave", () => wall.classList.remove("finding"))
  frame.addEventListener("blur", () => wall.classList.remove("finding"))
  frame.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -grid(), ArrowDown: grid() }[event.key]
    if (!by) return
    event.preventDefault()
    const next = patch + by
    if (next >= 0 && next < grid() ** 2) {
      patch = next
      wall.classList.add("finding")
      mark()
    }
  })
  wall.addEventListener("keydown", (event) => {
    const now = tiles.indexOf(event.target.closest("button"))
    const across = Math.max(1, Math.floor((wall.clientWidth + 6) / (TILE + 6)))
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -across, ArrowDown: across }[event.key]
    const next = tiles[now + by]
    if (!by || !next) return
    event.preventDefault()
    tiles[now].tabIndex = -1
    next.tabIndex = 0
    next.focus()
  })
  back.addEventListener("click", () => {
    if (view === "all") tell("more", (data.turn ?? 0) + 1)
    else {
      view = "all"
      drawFunnel()
      drawWall()
    }
  })

  const drawApples = () => {
    apples.hidden = !data.apples.length
    const all = data.apples.reduce((sum, each) => sum + each.n, 0) || 1
    const bar = element("div", {
      role: "img",
      "aria-label": data.apples.map((each) => `${each.name} ${percent(each.n / all, data.lang)}`).join(", "),
    })
    for (const each of data.apples) {
      const part = element("i", { title: `${each.name} ${n(each.n)}` })
      part.style.cssText = `width:${(100 * each.n) / all}%;background:${each.paint}`
      bar.append(part)
    }
    const [first] = data.apples
    apples.replaceChildren(
      element("span", { text: data.words.apples }),
      bar,
      element("span", { text: `${first.name} ${percent(first.n / all, data.lang)}` }),
    )
  }
  const drawSteps = () => {
    steps.hidden = !data.steps
    if (!data.steps) {
      steps.replaceChildren()
      return
    }
    steps.setAttribute("aria-label", data.words.steps)
    steps.replaceChildren(
      ...data.steps.map((step) =>
        element(
          "li",
          { class: step.changed ? "done" : null },
          element(
            "div",
            { class: "view" },
            element("img", {
              src: `data:${step.type};base64,${step.view}`,
              alt: "",
              class: step.type === "image/png" ? "exact" : null,
            }),
          ),
          element("b", { text: step.name }),
          step.text,
        )
      ),
    )
  }
  /** Under "watch" the eye is led from patch to patch, until a hand takes over. */
  let player = 0
  const play = () => {
    clearInterval(player)
    if (!data.play || touched || quiet()) return
    player = setInterval(() => {
      if (touched || document.hidden || view !== "all") {
        if (touched) {
          clearInterval(player)
          wall.classList.remove("finding")
        }
        return
      }
      const elsewhere = (place) =>
        data.tiles.filter((tile) =>
          tile.at >= 0 && tile.at !== chosen && places(tile.at, numbers(chosen, place)).length
        ).length
      for (let tries = 0; tries < grid() ** 2; tries++) {
        patch = (patch + Math.floor(grid() * 1.4)) % grid() ** 2
        if (elsewhere(patch) > 1) break
      }
      wall.classList.add("finding")
      mark()
    }, 1900)
  }
  const endLook = onLook(frame, () => {
    if (data && pixels.length) drawRay()
  })

  return {
    async update(next) {
      const turned = data && data.key !== next.key
      data = next
      if (data.sheet !== sheet) {
        const wanted = data.sheet
        const found = await unpack()
        if (data.sheet !== wanted) return
        sheet = wanted
        pixels = found
      }
      if (turned || chosen < 0 || !tileOf(chosen)) {
        chosen = data.first
        patch = -1
      }
      if ((view === "copies" && !data.pairs.length) || (view === "unreadable" && !data.files.length)) view = "all"
      if (data.show) view = data.show
      drawFunnel()
      drawApples()
      drawSteps()
      drawWall()
      drawRay()
      play()
    },
    destroy() {
      clearInterval(player)
      endLook()
      mark.stop()
      speak.stop()
    },
  }
})
