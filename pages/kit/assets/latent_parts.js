// The parts of a latent diffusion model as a diagram: each shows its real numbers at the moment that the slider chooses.
import { bytesOf, component, element, fill, number, percent, speaker } from "./kit.js"
import { canvasOf, paint, PICTURE_CSS, pictures } from "./pixels.js"

const CSS = PICTURE_CSS + `
.parts { display: grid; grid-template-columns: repeat(6, minmax(0, 1fr)); gap: 14px; margin: 0 0 12px; }
.part { position: relative; border: 1px solid var(--line); background: none; border-radius: 9px; padding: 8px 8px 9px; text-align: left; min-width: 0; display: flex; flex-direction: column; gap: 6px; }
.part:not(:last-child)::after { content: "→"; position: absolute; right: -15px; top: 42%; color: var(--soft); font-size: 15px; }
.part[aria-checked="true"] { border-color: var(--accent); background: var(--accent-soft); box-shadow: inset 0 0 0 1px var(--accent); }
.part b { font: 600 14px/1.25 var(--sans); } .part .mini { height: 74px; display: flex; align-items: center; overflow: hidden; }
.mini canvas.px { width: 74px; height: 74px; border-radius: 4px; } .mini .four { width: 74px; gap: 3px; }
.mini .four canvas.px { width: 100%; height: auto; }
.bars { display: grid; gap: 2px; width: 100%; } .bars i { height: 5px; border-radius: 2px; background: var(--accent); min-width: 1px; }
.dots { position: relative; width: 100%; height: 12px; } .dots::before { content: ""; position: absolute; left: 0; right: 0; top: 5px; height: 2px; background: var(--line); }
.dots i { position: absolute; top: 2px; width: 8px; height: 8px; margin-left: -4px; border-radius: 50%; background: var(--edge); } .dots i.on { background: var(--accent); width: 12px; height: 12px; top: 0; margin-left: -6px; } .dots i.done { background: var(--accent); opacity: .5; }
.close .dots { margin: 8px 0 14px; }
.moment { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 2px 14px; align-items: center; margin: 0 0 12px; font-size: 14px; } .moment input { width: 100%; height: 30px; margin: 0; accent-color: var(--accent); } .moment output { grid-column: 1 / -1; font-size: 13px; color: var(--soft); }
.close { border-top: 1px solid var(--line); padding-top: 12px; display: grid; grid-template-columns: minmax(0, 1.35fr) minmax(0, 1fr); gap: 8px 28px; align-items: start; }
.close h3 { font: 600 20px/1.25 var(--serif); margin: 0 0 6px; } .close p { margin: 0 0 10px; } .theirs { border-left: 3px solid var(--house); padding-left: 12px; font-size: 14px; } .theirs b { display: block; color: var(--soft); font-weight: 600; }
.row { display: flex; flex-wrap: wrap; gap: 10px 14px; align-items: flex-start; } figure { margin: 0; flex: 1 1 92px; max-width: 128px; min-width: 0; } figure canvas.px { width: 100%; aspect-ratio: 1; border-radius: 5px; box-shadow: 0 0 0 1px var(--line); } figcaption { font-size: 13px; line-height: 1.35; color: var(--soft); margin-top: 4px; }
.four { display: grid; grid-template-columns: 1fr 1fr; gap: 4px; }
.film { display: grid; gap: 3px; margin-top: 12px; } .film canvas.px { width: 100%; aspect-ratio: 1; border-radius: 3px; cursor: pointer; } .film canvas.on { outline: 2px solid var(--accent); outline-offset: 1px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; } th { font-weight: 600; font-size: 13px; color: var(--soft); text-align: left; padding: 2px 8px 4px 0; } td { padding: 2px 8px 2px 0; vertical-align: middle; overflow-wrap: anywhere; } td canvas.px { width: 100%; min-width: 90px; height: 14px; border-radius: 2px; } td .bar { display: inline-block; height: 9px; border-radius: 2px; background: var(--accent); vertical-align: middle; margin-right: 6px; min-width: 1px; } td:first-child { white-space: nowrap; } td.of { white-space: nowrap; width: 34%; font-variant-numeric: tabular-nums; }
.sum { font: 14px/1.6 var(--mono); overflow-wrap: anywhere; background: var(--paper); border-radius: 6px; padding: 8px 10px; margin-top: 12px !important; }
@media (max-width: 860px) { .parts { grid-template-columns: repeat(3, minmax(0, 1fr)); } .part:nth-child(3)::after { content: "↵"; } .close { grid-template-columns: 1fr; } }
@media (max-width: 430px) { .parts { gap: 10px; } .part:not(:last-child)::after { right: -13px; font-size: 13px; } .part b { font-size: 13px; hyphens: auto; overflow-wrap: anywhere; } }
`

export default component(CSS, (root) => {
  const diagram = element("div", { class: "parts", role: "radiogroup" }), close = element("div", { class: "close" })
  const slider = element("input", { type: "range", min: 0, step: 1, oninput: () => draw() }),
    label = element("span"),
    output = element("output")
  root.append(diagram, element("div", { class: "moment" }, label, slider, output), close)
  const speak = speaker(root, 0.8)
  let data, boxes = [], chosen = "denoiser", grids = {}, films = {}
  const short = (value) => number(value, 2, data.lang)
  const last = () => data.times.length - 1
  /** The four grids of one moment; a question is only asked before the picture is finished. */
  const four = (name, at) => {
    const from = Math.min(at, grids[name].length / data.n - 1) * data.n
    return element(
      "div",
      { class: "four" },
      ...grids[name].slice(from, from + data.n).map((grid) => {
        const canvas = canvasOf(data.side)
        paint(canvas, grid, data.side)
        return canvas
      }),
    )
  }
  const picture = (name, at) => {
    const canvas = canvasOf(data.size)
    paint(canvas, films[name][Math.min(at, films[name].length - 1)], data.size)
    return canvas
  }
  const shown = (what, text) => {
    what.setAttribute("role", "img")
    what.setAttribute("aria-label", text)
    return element("figure", {}, what, element("figcaption", { text }))
  }
  const row = (...all) => element("div", { class: "row" }, ...all)
  const effectsAt = (at) => data.effects[Math.min(at, data.effects.length - 1)]
  const top = () => Math.max(...data.effects.flat(), 1e-9)
  const dots = (at) =>
    element(
      "div",
      { class: "dots", "aria-hidden": "true" },
      ...data.times.map((time, k) =>
        element("i", { class: k === at ? "on" : k < at ? "done" : "", style: { left: `${4 + 92 * (1 - time)}%` } })
      ),
    )
  const minis = {
    text: (at) =>
      element(
        "div",
        { class: "bars" },
        ...effectsAt(at).slice(0, 10).map((effect) => element("i", { style: { width: `${(100 * effect) / top()}%` } })),
      ),
    latents: (at) => four("noisy", at),
    denoiser: (at) => four("told", at),
    scheduler: dots,
    guidance: (at) => four("velocity", at),
    decoder: (at) => picture("now", at),
  }
  const closely = {
    text: (at) => {
      const rows = data.texts.map((word, k) => {
        const strip = element("canvas", { class: "px", width: data.n_vector, height: 1, "aria-hidden": "true" })
        const pen = strip.getContext("2d"), image = pen.createImageData(data.n_vector, 1)
        for (let i = 0; i < data.n_vector; i++) {
          image.data.set(vectors.subarray(3 * (k * data.n_vector + i), 3 * (k * data.n_vector + i) + 3), 4 * i)
          image.data[4 * i + 3] = 255
        }
        pen.putImageData(image, 0, 0)
        const effect = effectsAt(at)[k]
        return element(
          "tr",
          {},
          element("td", { text: word }),
          element("td", {}, strip),
          element(
            "td",
            { class: "of" },
            element("span", { class: "bar", style: { width: `${(60 * effect) / top()}%` } }),
            percent(effect, data.lang),
          ),
        )
      })
      const head = [data.said.word, fill(data.said.vector, { n: data.n_vector }), data.said.effect]
      return [
        element("table", {}, element("tr", {}, ...head.map((text) => element("th", { scope: "col", text }))), ...rows),
      ]
    },
    latents: (
      at,
    ) => [
      row(
        shown(four("noisy", 0), data.said.start),
        shown(four("noisy", at), data.said.now),
        shown(picture("now", at), data.said.decoded),
      ),
    ],
    denoiser: (
      at,
    ) => [
      row(
        shown(four("noisy", at), data.said.now),
        shown(four("told", at), data.said.velocity),
        shown(picture("guess", at), data.said.guess),
      ),
    ],
    scheduler: (at) => {
      const k = Math.min(at, last() - 1), [z, r, c] = data.cell
      const sum = fill(data.said.sum, {
        z: z + 1,
        row: r + 1,
        column: c + 1,
        before: short(data.numbers.noisy[k]),
        length: short(data.times[k + 1] - data.times[k]),
        velocity: short(data.numbers.velocity[k]),
        after: short(data.numbers.noisy[k + 1]),
      })
      return [
        element("p", { class: "soft", text: `${data.said.times} ${data.times.map(short).join(" · ")}` }),
        dots(k),
        row(
          shown(four("noisy", k), data.said.before),
          shown(four("velocity", k), data.said.velocity),
          shown(four("noisy", k + 1), data.said.after),
        ),
        element("p", { class: "sum", text: sum }),
      ]
    },
    guidance: (at) => {
      const k = Math.min(at, last() - 1), weight = number(data.guidance, 1, data.lang)
      const sum = fill(data.said.guided, {
        untold: short(data.numbers.untold[k]),
        told: short(data.numbers.told[k]),
        weight,
        velocity: short(data.numbers.velocity[k]),
      })
      return [
        row(
          shown(four("untold", k), data.said.untold),
          shown(four("told", k), data.said.told),
          shown(four("difference", k), data.said.difference),
          shown(picture("plain", 0), data.said.without),
          shown(picture("now", last()), fill(data.said.with, { weight })),
        ),
        element("p", { class: "sum", text: sum }),
      ]
    },
    decoder: (at) => {
      const strip = element(
        "div",
        {
          class: "film",
          role: "img",
          "aria-label": data.said.film,
          style: { "grid-template-columns": `repeat(${data.times.length}, minmax(0, 1fr))` },
        },
        ...data.times.map((_, k) => {
          const one = picture("now", k)
          one.classList.toggle("on", k === at)
          one.addEventListener("click", () => {
            slider.value = k
            draw()
          })
          return one
        }),
      )
      return [
        row(
          shown(four("noisy", at), data.said.now),
          shown(picture("now", at), data.said.decoded),
          shown(picture("guess", at), data.said.guess),
        ),
        strip,
      ]
    },
  }
  let vectors
  const draw = () => {
    const at = Number(slider.value), time = data.times[at]
    const step = at === last()
      ? data.said.finished
      : fill(data.said.step, { step: at + 1, n: last(), noise: percent(time, data.lang) })
    output.textContent = step
    slider.setAttribute("aria-valuetext", step)
    data.parts.forEach((part, k) => {
      boxes[k].mini.replaceChildren(minis[part.name](at))
      boxes[k].box.setAttribute("aria-checked", String(part.name === chosen))
      boxes[k].box.tabIndex = part.name === chosen ? 0 : -1
    })
    const part = data.parts.find((each) => each.name === chosen)
    close.replaceChildren(
      element("div", {}, ...closely[chosen](at)),
      element(
        "div",
        {},
        element("h3", { text: part.title }),
        element("p", { text: part.does }),
        element("p", { class: "theirs" }, element("b", { text: data.said.theirs }), part.theirs),
      ),
    )
  }
  const choose = (name) => {
    chosen = name
    draw()
    speak(data.parts.find((each) => each.name === name).does)
  }
  diagram.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (!by) return
    event.preventDefault()
    const now = data.parts.findIndex((each) => each.name === chosen),
      next = (now + by + data.parts.length) % data.parts.length
    choose(data.parts[next].name)
    boxes[next].box.focus()
  })
  return {
    update(next) {
      const fresh = !data || next.films.now !== data.films.now
      data = next
      vectors = bytesOf(data.vectors)
      grids = Object.fromEntries(Object.entries(data.grids).map(([name, bytes]) => [name, pictures(bytes, data.side)]))
      films = Object.fromEntries(Object.entries(data.films).map(([name, bytes]) => [name, pictures(bytes, data.size)]))
      diagram.setAttribute("aria-label", data.said.diagram)
      label.textContent = data.said.moment
      slider.setAttribute("aria-label", data.said.moment)
      slider.max = last()
      if (fresh) slider.value = data.moment
      boxes = data.parts.map((part) => {
        const mini = element("div", { class: "mini", "aria-hidden": "true" })
        return {
          mini,
          box: element(
            "button",
            {
              type: "button",
              class: "part",
              role: "radio",
              onclick: () => choose(part.name),
            },
            element("b", { text: part.title }),
            mini,
          ),
        }
      })
      diagram.replaceChildren(...boxes.map((each) => each.box))
      draw()
    },
    destroy() {
      speak.stop()
    },
  }
})
