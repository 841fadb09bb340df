// All candidates side by side on one line, each as wide as its probability, and a dart that hits one of them.
import { element, percent, quiet } from "./kit.js"

export const LINE_CSS = `
.board { position: relative; padding-top: 19px; margin: 2px 0 10px; }
.line { display: flex; height: 38px; border-radius: 6px; overflow: hidden; border: 1px solid var(--edge); background: var(--card); }
.line span { flex: 0 0 auto; min-width: 0; overflow: hidden; white-space: nowrap; text-align: center; font: 15px/36px var(--serif); color: var(--ink);
  background: color-mix(in srgb, var(--accent) var(--tint), var(--card)); box-shadow: inset -1px 0 0 var(--card); transition: background .15s; }
.line span.others { background: repeating-linear-gradient(135deg, var(--line) 0 5px, var(--card) 5px 10px); font: 13px/36px var(--sans); color: var(--ink); }
.line span.narrow { font-size: 12px; text-overflow: ellipsis; }
.line span.hit { background: color-mix(in srgb, var(--key) 42%, var(--card)); font-weight: 600; }
.dart { position: absolute; top: 0; bottom: 0; left: 50%; width: 0; pointer-events: none; opacity: 0; }
.dart.there { opacity: 1; }
.dart::before { content: ""; position: absolute; left: -8px; top: 1px; border: 8px solid transparent; border-top: 15px solid var(--key); border-bottom: 0; }
.dart::after { content: ""; position: absolute; left: -1px; top: 14px; bottom: 0; width: 2px; background: var(--key); }
`
const FALL_PX = 15

/** The line; `draw(parts, rest)` lays it out, `fly(key, at, ms)` throws the dart. */
export function dartLine(lang) {
  const line = element("div", { class: "line", "aria-hidden": "true" })
  const dart = element("div", { class: "dart", "aria-hidden": "true" })
  const node = element("div", { class: "board" }, line, dart)
  let parts = [], rest = { share: 0, name: "" }, landed = null

  const draw = (next, others) => {
    parts = next
    rest = others
    const width = line.clientWidth || 600
    const made = [...parts, { ...rest, key: null }].filter((part) => part.share > 0).map((part, i) => {
      const wide = part.share * width
      const fits = (per_letter, around = 9) => wide > around + per_letter * part.name.length
      const name = fits(5.3, 3) || wide > 30 ? part.name : "" // what is too narrow for it is cut off with an ellipsis
      return element("span", {
        class: [
          part.key === null ? "others" : "",
          landed !== null && landed === (part.key ?? "") ? "hit" : "",
          fits(8.2) ? "" : "narrow",
        ].join(" ").trim() || null,
        title: `${part.name} ${percent(part.share, lang(), 1)}`,
        text: name,
        style: { width: `${100 * part.share}%`, "--tint": `${Math.max(10, 40 - 5 * i)}%` },
      })
    })
    line.replaceChildren(...made)
  }
  /** The dart's position within the stretch of `key`, as a share of the line. */
  const place = (key, at) => {
    let before = 0
    for (const part of parts) {
      if (part.key === key) return before + at * part.share
      before += part.share
    }
    return before + at * rest.share
  }
  const hide = () => {
    landed = null
    dart.classList.remove("there")
  }
  /** Throw the dart; resolves when it has landed. */
  const fly = async (key, at, ms) => {
    hide()
    const to = place(key, at)
    const from = Number.parseFloat(dart.style.left || "50") / 100
    dart.style.left = `${100 * to}%`
    dart.classList.add("there")
    if (ms > 0 && !quiet()) {
      const over = from > 0.5 ? to - 0.25 : to + 0.25
      const step = (where, lift, offset) => ({
        left: `${100 * Math.min(1, Math.max(0, where))}%`,
        transform: `translateY(${-lift}px)`,
        offset,
      })
      await dart.animate([step(from, FALL_PX, 0), step(over, FALL_PX, 0.45), step(to, FALL_PX, 0.8), step(to, 0, 1)], {
        duration: ms,
        easing: "ease-in-out",
      }).finished.catch(() => {})
    }
    landed = parts.some((part) => part.key === key) ? key : ""
    draw(parts, rest)
  }
  return { node, draw, fly, hide }
}
