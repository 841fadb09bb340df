// Squares whose areas are sizes, all standing in one corner; the view zooms out until the largest one fills it.
import { component, element, fill, framed, number, onLook, quiet, shape, speaker } from "./kit.js"

const CSS = `
.both { display: grid; grid-template-columns: minmax(0, 330px) minmax(240px, 1fr); gap: 0 28px; align-items: start; }
svg { display: block; width: 100%; overflow: hidden; background: var(--paper); border: 1px solid var(--line); border-radius: 8px; }
rect { stroke: var(--edge); stroke-width: 1; vector-effect: non-scaling-stroke; } rect.house { fill: var(--key); stroke: none; } rect.yours { fill: var(--yours); stroke: none; } rect.guess { fill: none; stroke: var(--key); stroke-width: 2.5; stroke-dasharray: 7 5; }
text { font: 13px var(--sans); fill: var(--ink); } text.now { font-weight: 700; } text.guess, text.here { fill: var(--key); font-weight: 600; } circle { fill: none; stroke: var(--key); stroke-width: 2; } line { stroke: var(--key); stroke-width: 1.5; }
.name { font: 600 24px/1.2 var(--serif); margin: 0 0 4px; } .figures { margin: 0 0 8px; padding: 0; list-style: none; font-size: 15px; } .lines p { margin: 0 0 6px; } .lines { min-height: 84px; }
.steer { display: flex; gap: 8px; align-items: center; margin: 10px 0 0; } .steer input { flex: 1; min-width: 90px; accent-color: var(--accent); min-height: 32px; } .gb .steer .act { white-space: nowrap; }
.stops { display: flex; flex-wrap: wrap; gap: 5px; margin: 10px 0 0; } .gb .stops button { border: 1px solid var(--line); background: none; border-radius: 14px; padding: 2px 10px; font-size: 13px; min-height: 28px; color: var(--soft); max-width: 100%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; } .gb .stops button[aria-pressed=true] { border-color: var(--accent); color: var(--accent); font-weight: 600; }
.ask { border-left: 3px solid var(--key); padding: 2px 0 4px 14px; margin: 0 0 14px; } .ask p { margin: 0 0 4px; } .ask .q { font-weight: 600; } .ask input { display: block; width: 100%; max-width: 520px; accent-color: var(--key); min-height: 32px; } .ask [hidden] { display: none; } .ask .n { font: 600 20px var(--serif); }
@container (max-width: 640px) { .both { grid-template-columns: minmax(0, 1fr); } .stops { display: none; } .side { margin-top: 12px; } .lines { min-height: 0; } }
.hold { container-type: inline-size; }
`
const FULL = 0.86 // of the view's side for the square that fills it
const SMALLEST = 46 // pixels; a smaller square is pointed at
const HIGH = "⁰¹²³⁴⁵⁶⁷⁸⁹"
const STEPS = 400 // of the zoom's slider
const MOST_GUESSED = 12 // powers of ten

export default component(CSS, (root) => {
  const svg = shape("svg", { role: "img" })
  const slider = element("input", { type: "range", min: 0, max: STEPS, step: 1 })
  const smaller = element("button", { type: "button", class: "act" })
  const larger = element("button", { type: "button", class: "act" })
  const chips = element("div", { class: "stops", role: "group" })
  const name = element("p", { class: "name" }), figures = element("ul", { class: "figures" })
  const lines = element("div", { class: "lines" })
  const guessing = element("input", { type: "range", min: 0, max: MOST_GUESSED, step: 0.05 })
  const question = element("p", { class: "q" }), guessed = element("p", { class: "n" }), verdict = element("p")
  const reveal = element("button", { type: "button", class: "act first" })
  const ask = element("div", { class: "ask" }, question, guessing, guessed, verdict, reveal)
  const side = element("div", { class: "side" }, ask, name, figures, lines, chips)
  const steer = element("div", { class: "steer" }, smaller, slider, larger)
  const view = element("div", {}, svg, steer)
  root.append(element("div", { class: "hold" }, element("div", { class: "both" }, view, side)))
  const speak = speaker(root, 0.4)
  let data, id = "", z = 0, moving = 0, guess = null, revealed = false

  const smallest = () => data.squares[0]
  const lowest = () => Math.log10(data.stops[0].value)
  const highest = () => Math.log10(data.stops[data.stops.length - 1].value)
  const reference = () => data.squares.find((each) => each.whose === "house")
  const target = () => data.squares.find((each) => each.key === data.target)
  const times = () => target().value / reference().value

  /** A count to three digits, from a million on in words; as `saying.count` on the server. */
  const counted = (n, digits = 3) => {
    const rounded = Number(n.toPrecision(digits))
    const short = (x) => {
      const [, rest = ""] = String(Number(x.toPrecision(digits))).split(".")
      return number(x, rest.length, data.lang)
    }
    if (rounded < 1e6) return rounded >= 100 ? number(rounded, 0, data.lang) : short(rounded)
    if (rounded < 1e9) return fill(data.words.million, { n: short(rounded / 1e6) })
    if (rounded < 1e12) return fill(data.words.billion, { n: short(rounded / 1e9) })
    if (rounded < 1e15) return fill(data.words.trillion, { n: short(rounded / 1e12) })
    const [mantissa, exponent] = rounded.toExponential(digits - 1).split("e+")
    return `${short(Number(mantissa))} × 10${[...exponent].map((d) => HIGH[Number(d)]).join("")}`
  }
  const nearest = () => {
    const away = data.stops.map((stop) => Math.abs(Math.log10(stop.value) - z))
    return away.indexOf(Math.min(...away))
  }

  const draw = () => {
    if (!data) return
    const wide = svg.clientWidth || 400
    svg.setAttribute("viewBox", `0 0 ${wide} ${wide}`)
    svg.style.height = `${wide}px`
    const sideOf = (value) => FULL * wide * Math.sqrt(value / 10 ** z)
    const x0 = 8, y0 = wide - 8, drawn = [], labels = []
    // Whoever is still guessing sees what they guess beside what they know, and nothing else.
    const secret = guess !== null && !revealed, now = data.stops[nearest()]
    const largestFirst = data.squares.filter((each) => !secret || each.whose === "house").reverse()
    largestFirst.forEach((square, n) => {
      const s = sideOf(square.value)
      if (s > 4 * wide) return
      const shade = square.whose
        ? ""
        : `color-mix(in srgb, var(--accent) ${8 + 34 * (n / largestFirst.length)}%, var(--card))`
      drawn.push(
        shape("rect", {
          class: square.whose,
          x: x0,
          y: y0 - s,
          width: s,
          height: s,
          style: shade ? { fill: shade } : {},
        }, shape("title", { text: square.name })),
      )
    })
    // A name stands below its square's upper edge, where the next smaller one leaves room for it.
    data.stops.forEach((stop, n) => {
      if (secret || data.squares.some((each) => each.whose && each.name === stop.name)) return
      const s = sideOf(stop.value), below = n ? sideOf(data.stops[n - 1].value) : 0
      if (s > wide - 6 || s - below < 20 || s < 46) return
      const room = Math.floor((s - 12) / 7)
      const text = stop.name.length > room ? `${stop.name.slice(0, room - 1)}…` : stop.name
      if (room > 5) {
        labels.push(shape("text", { class: stop === now ? "now" : null, x: x0 + 6, y: y0 - s + 15, text }))
      }
    })
    const own = reference(), ownSide = own ? sideOf(own.value) : wide
    for (const each of data.squares.filter((square) => square.whose && (!secret || square === own))) {
      const s = sideOf(each.value), [x, y] = [x0 + s / 2, y0 - s / 2]
      if (s > wide - 24) continue
      const rise = each === own ? 20 : 44 // two names would lie on each other
      if (s >= SMALLEST) labels.push(shape("text", { class: "here", x: x0 + 2, y: y0 - s - 5, text: each.name }))
      else {
        const r = Math.max(6, 0.72 * s)
        labels.push(
          shape("circle", { cx: x, cy: y, r }),
          shape("line", { x1: x + 0.7 * r, y1: y - 0.7 * r, x2: x + r + 16, y2: y - r - rise + 4 }),
          shape("text", { class: "here", x: x + r + 20, y: y - r - rise + 4, text: each.name }),
        )
      }
    }
    if (guess !== null && own) {
      const s = sideOf(own.value * 10 ** guess)
      drawn.push(shape("rect", { class: "guess", x: x0, y: y0 - s, width: s, height: s }))
      if (s > 80 && s < wide - 20) {
        labels.push(
          shape("text", {
            class: "guess",
            x: x0 + s - 6,
            y: y0 - s - 5,
            "text-anchor": "end",
            text: data.words.your_guess,
          }),
        )
      }
    }
    svg.replaceChildren(...drawn, ...labels)
    slider.value = String(Math.round(STEPS * (z - lowest()) / (highest() - lowest() || 1)))
    tell(now, ownSide)
  }

  const tell = (now, ownSide) => {
    const hidden = guess !== null && !revealed
    const known = data.squares.filter((each) => each.value <= now.value).length
    svg.setAttribute("aria-label", fill(data.words.picture, { name: now.name, names: number(known - 1, 0, data.lang) }))
    name.textContent = hidden ? "" : now.name
    figures.replaceChildren(...(hidden ? [] : now.figures.map((text) => element("li", { text }))))
    const pixel = ownSide >= 1
      ? fill(data.words.pixels, { n: counted(ownSide, 2) })
      : fill(data.words.pixel, { n: counted(1 / ownSide ** 2, 2) })
    const said = hidden ? [] : [...now.lines, ...(reference() ? [pixel] : [])]
    lines.replaceChildren(...said.map((text) => element("p", { text })))
    const at = data.stops.indexOf(now)
    smaller.disabled = z <= lowest() + 0.001
    larger.disabled = z >= highest() - 0.001
    ;[...chips.children].forEach((chip, n) => chip.setAttribute("aria-pressed", String(n === at)))
    slider.setAttribute("aria-valuetext", now.name)
  }
  const redraw = framed(draw)
  const say = () => {
    const now = data.stops[nearest()]
    speak([now.name, ...now.figures, ...now.lines].join(". "))
  }

  /** Zoom to a size: as long as the way is far, at once where motion is not wanted. */
  const go = (to, after = say) => {
    cancelAnimationFrame(moving)
    const from = z, far = Math.abs(to - from), begun = performance.now()
    const lasts = quiet() ? 0 : Math.min(6000, 500 + 700 * far)
    const frame = () => {
      const part = lasts ? Math.min(1, (performance.now() - begun) / lasts) : 1
      z = from + (to - from) * (part < 0.5 ? 2 * part * part : 1 - 2 * (1 - part) ** 2)
      if (part === 1) z = to
      draw()
      if (part < 1) moving = requestAnimationFrame(frame)
      else after()
    }
    frame()
  }
  const stepTo = (by) => {
    const sizes = data.stops.map((stop) => Math.log10(stop.value))
    const to = by > 0 ? sizes.find((size) => size > z + 0.001) : sizes.findLast((size) => size < z - 0.001)
    if (to !== undefined) leave(to)
  }
  /** Whoever zooms by hand has given up guessing. */
  const begin = () => {
    guess = null
    guessing.value = "0"
    guessed.textContent = ""
    asking()
  }
  const giveUp = () => {
    if (!revealed && guess !== null) begin()
  }
  const leave = (to) => {
    giveUp()
    go(to)
  }
  const showGuess = () => {
    guess = Number(guessing.value)
    const text = fill(data.words.guessed, { n: counted(10 ** guess, 2) })
    guessed.textContent = text
    guessing.setAttribute("aria-valuetext", text)
    reveal.disabled = false
    cancelAnimationFrame(moving)
    z = Math.log10(reference().value) + guess
    redraw()
  }
  const judged = () => {
    const right = times(), mine = 10 ** Number(guessing.value), off = mine > right ? mine / right : right / mine
    const words = off < 1.5 ? data.words.right : mine < right ? data.words.too_small : data.words.too_large
    return fill(words, { guess: counted(mine, 2), n: counted(right, 2), off: counted(off, 2) })
  }
  const asking = () => {
    ask.hidden = !data.guesses
    question.textContent = revealed ? data.answer : data.question
    guessing.hidden = guessed.hidden = revealed
    verdict.hidden = !revealed
    verdict.textContent = revealed ? judged() : ""
    reveal.textContent = revealed ? data.words.again : data.words.reveal
    reveal.classList.toggle("first", !revealed)
    reveal.disabled = !revealed && guess === null
  }
  guessing.addEventListener("input", showGuess)
  reveal.addEventListener("click", () => {
    if (revealed) {
      revealed = false
      begin()
      go(Math.log10(reference().value))
      return
    }
    guess = Number(guessing.value)
    revealed = true
    asking()
    go(Math.log10(target().value), () => speak(judged()))
  })
  slider.addEventListener("input", () => {
    cancelAnimationFrame(moving)
    giveUp()
    z = lowest() + (highest() - lowest()) * Number(slider.value) / STEPS
    redraw()
  })
  slider.addEventListener("change", say)
  smaller.addEventListener("click", () => stepTo(-1))
  larger.addEventListener("click", () => stepTo(1))
  const unwatch = onLook(view, draw)
  return {
    update(next) {
      data = next
      for (const [made, words] of [[smaller, data.words.smaller], [larger, data.words.larger]]) {
        made.textContent = words
      }
      slider.setAttribute("aria-label", data.words.zoom)
      guessing.setAttribute("aria-label", data.words.guess)
      chips.setAttribute("aria-label", data.words.stops)
      if (data.id !== id) {
        id = data.id
        cancelAnimationFrame(moving)
        revealed = false
        begin()
        z = Math.log10((reference() ?? smallest()).value)
        if (data.play) go(highest())
      }
      chips.replaceChildren(
        ...data.stops.map((stop) =>
          element("button", { type: "button", text: stop.name, onclick: () => leave(Math.log10(stop.value)) })
        ),
      )
      asking()
      draw()
    },
    destroy() {
      cancelAnimationFrame(moving)
      redraw.stop()
      unwatch()
      speak.stop()
    },
  }
})
