// Coloured tokens: real buttons, one tab stop, the active token shared with every other view of the text.
import { component, element, fill, handToken, number, onHandToken, quoted, visible, visibleText } from "./kit.js"
import { listenToRun } from "./live.js"

const CSS = `
.strip { display: flex; flex-wrap: wrap; row-gap: 5px; font: 18px/1.35 var(--serif); }
.strip.small { font-size: 15px; row-gap: 3px; }
.strip.small button { min-height: 24px; padding: 1px 3px 3px; }
.strip button { position: relative; border: 0; border-radius: 3px; margin: 0 1px 0 0; padding: 3px 4px 5px; min-height: 30px; min-width: 24px;
  color: var(--ink); background: color-mix(in srgb, var(--tint) var(--mix), var(--card)); white-space: pre; overflow-wrap: anywhere; }
.strip button::after { content: ""; position: absolute; inset: auto 0 0 0; height: var(--bar, 2px); border-radius: 0 0 3px 3px; background: var(--tint); opacity: var(--bar-strength, .6); }
.strip button.less::after { inset: 0 0 auto 0; border-radius: 3px 3px 0 0; }
.strip button.none { background: none; color: var(--soft); }
.strip button.none::after { background: var(--line); }
.strip button[data-hue="0"] { --tint: oklch(0.62 0.1 250) } .strip button[data-hue="1"] { --tint: oklch(0.62 0.09 155) }
.strip button[data-hue="2"] { --tint: oklch(0.66 0.1 70) } .strip button[data-hue="3"] { --tint: oklch(0.62 0.09 330) }
.strip button.hand { outline: 2px solid var(--accent); outline-offset: 0; z-index: 1; }
.strip button[aria-pressed="true"] { box-shadow: inset 0 0 0 2px var(--ink); }
/* Pieces of one word have no gap, so that they read as one word */
.strip:not(.numbered) button.goes-on { margin-right: 0; padding-right: 0; border-top-right-radius: 0; border-bottom-right-radius: 0; min-width: 0; }
.strip:not(.numbered) button.joins { padding-left: 0; border-top-left-radius: 0; border-bottom-left-radius: 0; min-width: 0; }
.strip:not(.numbered) button.joins::before { content: ""; position: absolute; left: 0; bottom: 0; height: 5px; border-left: 1px solid var(--card); }
.strip small { display: block; font: 12px/1.3 var(--mono); color: var(--soft); text-align: center; }
.strip.numbered { row-gap: 7px; } .strip.numbered button { margin-right: 3px; padding-bottom: 4px; }
.break { flex-basis: 100%; height: 0; }
.below { display: flex; flex-wrap: wrap; gap: 4px 18px; align-items: baseline; margin-top: 8px; min-height: 22px; }
.about { margin: 0; font-size: 14px; color: var(--soft); overflow-wrap: anywhere; }
.about b { color: var(--ink); font: 600 15px var(--serif); } .about span { font: 13px var(--mono); color: var(--ink); }
.scale { display: flex; align-items: center; gap: 7px; margin-left: auto; font-size: 13px; color: var(--soft); }
.scale i { display: block; width: 96px; height: 10px; border-radius: 3px; border-bottom: 2px solid var(--accent);
  background: linear-gradient(90deg, var(--card), color-mix(in srgb, var(--accent) 48%, var(--card))); }
.scale i.signed { background: linear-gradient(90deg, color-mix(in srgb, var(--warn) 48%, var(--card)), var(--card), color-mix(in srgb, var(--accent) 48%, var(--card))); }
`

const DEEPEST = 48 // percentage of colour behind text that stays readable in both themes
/** A value's share of the largest as colour and, for those who see none, as the height of a bar. */
export const tint = (share, colour = "accent") =>
  `--tint: var(--${colour}); --mix: ${(share * DEEPEST).toFixed(1)}%; --bar: ${
    (1 + 4 * share).toFixed(1)
  }px; --bar-strength: 1`
const joins = (before, text) => !/(\s|\|>)$/.test(before) && !/^(\s|<\|)/.test(text) // no space or mark between them
const STEPS = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 8, ArrowUp: -8 }

export default component(CSS, (root, { tell }) => {
  const strip = element("div", { class: "strip", role: "group" })
  const about = element("p", { class: "about", role: "status" })
  const scale = element("div", { class: "scale" })
  root.append(strip, element("div", { class: "below" }, about, scale))
  let data, buttons = [], values = [], firstToken = [], drawn = "", picked = -1, endLive = null, live = ""

  const describe = (index) => {
    about.replaceChildren()
    if (index < 0) {
      about.textContent = data.hint
      return
    }
    const { text, ids } = data.spans[index]
    const raw = data.spans[index].bytes ??
      [...new TextEncoder().encode(text)].map((b) => b.toString(16).padStart(2, "0")).join(" ")
    about.append(
      element("b", { text: quoted(visibleText(text), data.lang) }),
      ` · ${fill(data.words.token, { n: ids.length })} `,
      element("span", { text: ids.join(" + ") }),
      ` · ${data.words.bytes} `,
      element("span", { text: raw }),
    )
    if (!data.ends && values[index] !== null && values[index] !== undefined) {
      about.append(
        ` · ${data.legend} `,
        element("span", { text: number(values[index], data.digits, data.lang) + (data.unit ? " " + data.unit : "") }),
      )
    }
  }
  const hold = (index, from = "here") => {
    buttons.forEach((button, i) => button.classList.toggle("hand", i === index))
    describe(index < 0 ? picked : index)
    if (from === "here") handToken(data.group, index < 0 ? null : firstToken[index], root)
  }
  const spanOf = (token) => firstToken.findLastIndex((first) => first <= token)

  const colour = () => {
    const valued = values.some((v) => v !== null && v !== undefined)
    const top = data.top ?? Math.max(1e-9, ...values.filter((v) => v !== null && v !== undefined))
    buttons.forEach((button, i) => {
      const less = Boolean(data.signed) && values[i] < 0
      const share = valued ? Math.min(1, Math.max(0, (less ? -values[i] : values[i] ?? 0) / top)) : null
      button.classList.toggle("less", less)
      button.classList.toggle("none", valued && (values[i] === null || values[i] === undefined))
      if (share === null) {
        button.dataset.hue = i % 4
        button.style.cssText = "--mix: 20%"
      } else {
        delete button.dataset.hue
        button.style.cssText = tint(share, less ? "warn" : "accent")
      }
    })
    scale.replaceChildren()
    if (valued) {
      const ends = data.ends ??
        (data.signed
          ? [number(-top, data.digits, data.lang), `+${number(top, data.digits, data.lang)}`]
          : ["0", number(top, data.digits, data.lang)])
      scale.append(
        element("span", { text: data.legend }),
        element("span", { text: ends[0] }),
        element("i", { class: data.signed ? "signed" : null, "aria-hidden": "true" }),
        element("span", { text: `${ends[1]}${data.unit ? " " + data.unit : ""}` }),
      )
    }
  }
  const build = () => {
    let count = 0
    firstToken = data.spans.map((span) => {
      const first = count
      count += span.ids.length
      return first
    })
    buttons = []
    const nodes = []
    data.spans.forEach((span, i) => {
      const button = element(
        "button",
        { type: "button", tabindex: i ? "-1" : "0" },
        ...(span.shown ? [span.shown] : visible(span.text)),
      )
      if (!span.text) button.textContent = "∅"
      if (data.numbered) button.append(element("small", { text: span.ids.join("+") }))
      if (i && joins(data.spans[i - 1].text, span.text)) {
        button.classList.add("joins")
        buttons[i - 1].classList.add("goes-on")
      }
      buttons.push(button)
      nodes.push(button)
      if (span.text.includes("\n")) nodes.push(element("span", { class: "break" }))
    })
    strip.replaceChildren(...nodes)
    picked = -1
  }
  const indexOf = (event) => buttons.indexOf(event.target.closest("button"))
  const rove = (index) => {
    buttons.forEach((b, i) => {
      b.tabIndex = i === index ? 0 : -1
    })
    buttons[index].focus()
  }

  strip.addEventListener("pointerover", (event) => {
    const i = indexOf(event)
    if (i >= 0) hold(i)
  })
  strip.addEventListener("pointerleave", () => hold(-1))
  strip.addEventListener("focusin", (event) => hold(indexOf(event)))
  strip.addEventListener("focusout", () => hold(-1))
  strip.addEventListener("keydown", (event) => {
    const now = indexOf(event)
    const next = event.key === "Home" ? 0 : event.key === "End" ? buttons.length - 1 : now + STEPS[event.key]
    if (Number.isNaN(next) || now < 0) return
    event.preventDefault()
    rove(Math.min(buttons.length - 1, Math.max(0, next)))
  })
  strip.addEventListener("click", (event) => {
    const index = indexOf(event)
    if (index < 0) return
    buttons.forEach((b, i) => {
      b.tabIndex = i === index ? 0 : -1
    })
    if (!data.selectable) {
      describe(index)
      return
    }
    picked = index
    buttons.forEach((b, i) => b.setAttribute("aria-pressed", String(i === index)))
    tell("picked", { span: index, token: firstToken[index] })
  })
  const endHand = onHandToken(({ group, token, from }) => {
    if (!data || group !== data.group || from === root) return
    hold(token === null ? -1 : spanOf(token), "there")
  })

  // A run's "sentence" rows carry one loss per span, in text order; whatever comes before the text has none.
  const hear = (rows) => {
    const { tokens, losses_nats: losses } = rows.at(-1)
    const before = data.spans.length - losses.length
    if (tokens && tokens.join("") !== data.spans.slice(Math.max(0, before)).map((span) => span.text).join("")) return // of another sentence
    values = data.spans.map((_, i) =>
      Number.isFinite(losses[i - before]) ? losses[i - before] * data.live.factor : null
    )
    colour()
  }
  return {
    update(next) {
      data = next
      strip.setAttribute("aria-label", data.label)
      strip.classList.toggle("small", data.small)
      strip.classList.toggle("numbered", Boolean(data.numbered))
      const signature = JSON.stringify([data.spans, Boolean(data.numbered)])
      if (signature !== drawn) {
        drawn = signature
        build()
      }
      buttons.forEach((b, i) =>
        data.selectable ? b.setAttribute("aria-pressed", String(i === picked)) : b.removeAttribute("aria-pressed")
      )
      values = data.values ?? data.spans.map(() => null)
      colour()
      describe(picked)
      const stream = data.live ? `${data.live.run}:${data.live.after}:${signature}` : ""
      if (stream !== live) {
        endLive?.()
        live = stream
        endLive = data.live ? listenToRun(data.live.run, "sentence", data.live.after, hear) : null
      }
    },
    destroy() {
      endHand()
      endLive?.()
    },
  }
})
