// The text so far, token by token: coloured by surprise, with the entropy before each token as a line on the same axis.
import {
  component,
  element,
  fill,
  number,
  onLook,
  percent,
  quoted,
  shape,
  speaker,
  visible,
  visibleText,
} from "./kit.js"
import { tint } from "./tokens.js"

const CSS = `
.strip { position: relative; display: flex; flex-wrap: wrap; row-gap: 2px; max-height: 196px; overflow-y: auto; font: 18px/1.3 var(--serif); scrollbar-gutter: stable; }
.strip svg { position: absolute; left: 0; top: 0; pointer-events: none; } .strip path { fill: none; stroke: var(--valid); stroke-width: 1.6; } .strip circle { fill: var(--valid); } .strip circle.hand { stroke: var(--ink); stroke-width: 1.5; } .strip line { stroke: var(--line); }
.strip button, .strip .mark { position: relative; margin: 34px 2px 0 0; }
.strip button { border: 0; border-radius: 3px; padding: 2px 4px 6px; min-height: 30px; min-width: 24px; white-space: pre; color: var(--ink); background: color-mix(in srgb, var(--tint) var(--mix), var(--card)); }
.strip button::after { content: ""; position: absolute; inset: auto 0 0 0; height: var(--bar, 2px); border-radius: 0 0 3px 3px; background: var(--tint); }
.strip button.forced { box-shadow: inset 0 2px 0 var(--key); } .strip button:hover, .strip button.hand { outline: 2px solid var(--accent); outline-offset: 0; z-index: 1; }
.strip .mark { align-self: flex-start; font: 12px/20px var(--mono); color: var(--soft); border: 1px solid var(--line); border-radius: 3px; padding: 2px 5px; min-height: 24px; }
.below { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 2px 16px; align-items: center; margin: 2px 0 0; } .told { min-height: 40px; }
.about { margin: 0; font-size: 13.5px; line-height: 20px; color: var(--soft); overflow-wrap: anywhere; } .about b { color: var(--ink); font: 600 15px/20px var(--serif); } .about.full { color: var(--warn); }
.acts { display: flex; flex-wrap: wrap; gap: 6px; justify-content: flex-end; } .acts .act { padding: 5px 11px; font-size: 14px; min-height: 34px; }
.key { display: flex; flex-wrap: wrap; gap: 0 16px; align-items: center; font-size: 13px; line-height: 20px; color: var(--soft); margin: 0; } .key[hidden] { display: none; } .key span { display: inline-flex; align-items: center; gap: 6px; } .key b { color: var(--ink); font-weight: 400; }
.key i { display: block; width: 80px; height: 10px; border-radius: 3px; border-bottom: 2px solid var(--accent); background: linear-gradient(90deg, var(--card), color-mix(in srgb, var(--accent) 48%, var(--card))); } .key i.line { width: 24px; height: 0; border: 0; border-top: 2px solid var(--valid); border-radius: 0; background: none; }
@media (max-width: 760px) { .below { grid-template-columns: minmax(0, 1fr); } .acts { justify-content: flex-start; } .strip button { min-height: 34px; } .told { min-height: 100px; } }
`
const CHART_PX = 30, TOP = 8 // of the line above the tokens; bits of the deepest colour, whatever the text, so that colours stay
const STEPS = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }

export default component(CSS, (root, { tell }) => {
  const strip = element("div", { class: "strip", role: "group" }), svg = shape("svg", { "aria-hidden": "true" })
  const about = element("p", { class: "about" }), key = element("p", { class: "key" })
  const act = (kind) => element("button", { type: "button", class: "act", onclick: () => tell("act", { kind }) })
  const acts = { write: act("write"), undo: act("undo"), reset: act("reset") }
  const nodes = element("div", { class: "acts" }, ...Object.values(acts))
  root.append(strip, element("div", { class: "below" }, element("div", { class: "told" }, about, key), nodes))
  const speak = speaker(root, 0.3)
  let data, buttons = [], drawn = "", held = -1

  const name = (token) => quoted(visibleText(token.text).replace(/^·/, "") || "·", data.lang)
  const taken = (token) =>
    token.how === "given"
      ? ""
      : ` · ${fill(data.words[token.how], { share: percent(token.share, data.lang, 1) })} (${
        token.steps ? fill(data.words.with_steps, { steps: token.steps }) : data.words.without_steps
      })`
  const told = (token) => {
    if (token.p === null) return data.words.no_value
    const bits = (value) => number(value, 1, data.lang)
    const value = fill(data.words.value, {
      p: percent(token.p, data.lang, 1),
      rank: number(token.rank, 0, data.lang),
      bits: bits(token.bits),
      entropy: bits(token.entropy),
    })
    const list = token.likeliest.map(([text, p]) => `${name({ text })} ${percent(p, data.lang)}`).join(", ")
    return `${value}${taken(token)}. ${fill(data.words.likeliest, { list })}`
  }
  const describe = (i) => {
    about.classList.toggle("full", i < 0 && Boolean(data.stopped))
    if (i < 0) about.textContent = data.stopped || data.words.about
    else about.replaceChildren(element("b", { text: name(data.tokens[i]) }), ` · ${told(data.tokens[i])}`)
  }
  const hold = (i) => {
    held = i
    key.hidden = i >= 0 // what is said of a token takes its place
    describe(i)
    buttons.forEach((button, n) => button?.classList.toggle("hand", n === i))
    svg.querySelectorAll("circle").forEach((dot) => dot.classList.toggle("hand", Number(dot.dataset.at) === i))
  }
  const highest = () => Math.max(TOP, ...data.tokens.map((token) => token.entropy ?? 0))
  /** The entropies over the middle of their tokens; where the text wraps, the line begins again. */
  const drawLine = () => {
    const most = highest(), parts = []
    let row = [], before = -1
    const flush = () => {
      if (row.length) parts.push(shape("path", { d: `M${row.map(([x, y]) => `${x} ${y}`).join("L")}` }))
      row = []
    }
    strip.querySelector("svg")?.remove()
    const dots = []
    buttons.forEach((button, i) => {
      if (!button) return flush()
      const y0 = button.offsetTop - 4
      if (button.offsetTop !== before) {
        flush()
        before = button.offsetTop
        parts.push(shape("line", { x1: 0, x2: strip.clientWidth, y1: y0, y2: y0 }))
      }
      const entropy = data.tokens[i].entropy
      if (entropy === null) return flush()
      const x = button.offsetLeft + button.offsetWidth / 2, y = y0 - (CHART_PX - 5) * entropy / most
      row.push([x.toFixed(1), y.toFixed(1)])
      dots.push(
        shape("circle", {
          cx: x.toFixed(1),
          cy: y.toFixed(1),
          r: 2.8,
          "data-at": i,
          class: i === held ? "hand" : null,
        }),
      )
    })
    flush()
    svg.replaceChildren(...parts, ...dots)
    svg.setAttribute("width", strip.clientWidth)
    svg.setAttribute("height", strip.scrollHeight)
    strip.append(svg)
  }
  const build = () => {
    const focused = buttons.indexOf(root.getRootNode().activeElement)
    buttons = []
    const made = data.tokens.map((token, i) => {
      if (token.special && token.how === "given") {
        buttons.push(null)
        return element("span", { class: "mark", text: token.text })
      }
      const button = element(
        "button",
        {
          type: "button",
          class: token.how === "forced" ? "forced" : null,
          tabindex: -1,
          onclick: () => i < data.tokens.length - 1 && tell("act", { kind: "go", number: token.number }),
        },
        ...(token.text ? visible(token.text) : ["∅"]),
      )
      button.style.cssText = tint(Math.min(1, (token.bits ?? 0) / TOP))
      button.setAttribute("aria-label", `${fill(data.words.go, { token: name(token) })}; ${told(token)}`)
      buttons.push(button)
      return button
    })
    strip.replaceChildren(...made)
    const last = buttons.findLastIndex(Boolean)
    if (last >= 0) buttons[last].tabIndex = 0
    if (focused >= 0 && last >= 0) (buttons[focused] ?? buttons[last]).focus()
    drawLine()
    strip.scrollTop = strip.scrollHeight
    key.replaceChildren(
      element(
        "span",
        {},
        data.words.surprise,
        " 0",
        element("i", { "aria-hidden": "true" }),
        `≥ ${number(TOP, 0, data.lang)} ${data.words.unit}`,
      ),
      element(
        "span",
        {},
        element("i", { class: "line", "aria-hidden": "true" }),
        `${data.words.entropy}, 0–${number(highest(), 0, data.lang)} ${data.words.unit}`,
      ),
      element("b", { text: data.mean }),
    )
  }
  const indexOf = (event) => buttons.indexOf(event.target.closest?.("button"))
  strip.addEventListener("pointerover", (event) => indexOf(event) >= 0 && hold(indexOf(event)))
  strip.addEventListener("pointerleave", () => hold(-1))
  strip.addEventListener("focusin", (event) => hold(indexOf(event)))
  strip.addEventListener("focusout", () => hold(-1))
  strip.addEventListener("keydown", (event) => {
    const now = indexOf(event), step = STEPS[event.key]
    if (now < 0 || !step) return
    event.preventDefault()
    const there = buttons.flatMap((button, i) => (button ? [i] : []))
    const next = there[Math.min(there.length - 1, Math.max(0, there.indexOf(now) + step))]
    buttons.forEach((button, i) => button && (button.tabIndex = i === next ? 0 : -1))
    buttons[next].focus()
  })
  const endLook = onLook(strip, () => data && drawLine())

  return {
    update(next) {
      data = next
      strip.setAttribute("aria-label", data.words.label)
      for (const [kind, button] of Object.entries(acts)) {
        button.textContent = data.words[kind]
        button.disabled = !data.acts.includes(kind)
      }
      const signature = JSON.stringify(data)
      if (signature === drawn) return
      const isFirst = !drawn
      drawn = signature
      build()
      hold(-1)
      if (!isFirst) speak(data.stopped || `${name(data.tokens.at(-1))}: ${told(data.tokens.at(-1))}`)
    },
    destroy() {
      speak.stop()
      endLook()
    },
  }
})
