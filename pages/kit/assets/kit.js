// What all components share: mounting, building elements, styles, numbers, and the active token.
// Data reaches the page as text nodes only; nothing here ever parses markup.

/** The base of every component: the app's variables with fallbacks, focus, and screen-reader-only text. */
const GROUND = `
:host, .gb {
  --paper: var(--gb-paper, #fbfaf7); --card: var(--gb-card, #ffffff); --ink: var(--gb-ink, #17191c);
  --soft: var(--gb-soft, #585e66); --line: var(--gb-line, #e3e0d8); --accent: var(--gb-accent, #0b4f8a);
  --accent-soft: var(--gb-accent-soft, #e6eef6); --query: var(--gb-query, #2f6fb5);
  --key: var(--gb-key, #b4532a); --value: var(--gb-value, #3d7f52); --train: var(--gb-train, #0b4f8a);
  --valid: var(--gb-valid, #b3561f); --house: var(--gb-house, #6b6f76); --yours: var(--gb-yours, #0b4f8a);
  --warn: var(--gb-warn, #a8321f); --edge: var(--gb-edge, #8d8a82); --on-accent: var(--gb-on-accent, #ffffff);
  --serif: var(--gb-serif, Georgia, serif);
  --sans: var(--gb-sans, "Segoe UI", sans-serif);
  --mono: var(--gb-mono, ui-monospace, monospace);
}
.gb { display: block; position: relative; min-width: 0; color: var(--ink); font: 15px/1.5 var(--sans); }
.gb *, .gb *::before, .gb *::after { box-sizing: border-box; }
.gb button { font: inherit; color: inherit; cursor: pointer; }
.gb :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.gb .spoken { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap; }
.gb .soft { color: var(--soft); font-size: 13px; }
.gb .act { border: 1px solid var(--line); background: none; color: var(--accent); font-weight: 600;
  border-radius: 7px; padding: 7px 14px; min-height: 36px; }
.gb .act:hover:not(:disabled) { border-color: var(--accent); }
.gb .act.first { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.gb .act:disabled { color: var(--soft); background: none; border-color: var(--line); cursor: default; opacity: .75; }
.gb .space { color: var(--soft); opacity: .55; font-family: var(--mono); }
@media (prefers-reduced-motion: reduce) { .gb *, .gb { transition: none !important; animation: none !important; } }
`

const sheets = new Map()

/** A style sheet shared by all instances of a component. */
function sheet(css) {
  if (!sheets.has(css)) {
    const made = new CSSStyleSheet()
    made.replaceSync(css)
    sheets.set(css, made)
  }
  return sheets.get(css)
}

/**
 * Turn `create(root, tools) -> {update(data), destroy?()}` into a component's default export.
 *
 * Streamlit calls the export again on every change of data or theme while the elements stay, and may call a
 * cleanup that a newer call has already superseded: only the latest call's cleanup ends the instance.
 */
export function component(css, create) {
  const instances = new WeakMap()
  return ({ data, parentElement, setTriggerValue, setStateValue }) => {
    let instance = instances.get(parentElement)
    if (!instance) {
      const scope = parentElement instanceof ShadowRoot ? parentElement : document
      for (const each of [sheet(GROUND), sheet(css)]) {
        if (!scope.adoptedStyleSheets.includes(each)) scope.adoptedStyleSheets.push(each)
      }
      const root = element("div", { class: "gb" })
      parentElement.append(root)
      instance = { turn: 0, root, send: {} }
      const tools = {
        tell: (name, value) => instance.tell(name, value),
        keep: (name, value) => instance.keep(name, value),
      }
      instance.made = create(root, tools)
      // A component that draws on a canvas tells its numbers itself; see stage_numbers.js.
      if (instance.made.numbers) root.gbNumbers = () => instance.made.numbers()
      instances.set(parentElement, instance)
    }
    instance.tell = setTriggerValue
    instance.keep = setStateValue
    const turn = ++instance.turn
    if (data) instance.made.update(data)
    return () => {
      if (instance.turn !== turn || instances.get(parentElement) !== instance) return
      instances.delete(parentElement)
      instance.made.destroy?.()
      instance.root.remove()
    }
  }
}

const SVG = "http://www.w3.org/2000/svg"

function dress(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value)
    else if (name === "text") made.textContent = value
    else if (name === "style") { for (const [k, v] of Object.entries(value)) made.style.setProperty(k, v) }
    else made.setAttribute(name, value === true ? "" : value)
  }
  made.append(...children.filter((child) => child !== null && child !== undefined))
  return made
}

/** An HTML element; `text` becomes a text node, `on…` a listener. */
export const element = (name, attributes = {}, ...children) => dress(document.createElement(name), attributes, children)

/** An SVG element, built the same way. */
export const shape = (name, attributes = {}, ...children) =>
  dress(document.createElementNS(SVG, name), attributes, children)

/** A line that screen readers announce when it changes, at least `quietS` seconds apart. */
export function speaker(root, quietS = 0) {
  const line = element("p", { class: "spoken", role: "status" })
  root.append(line)
  let last = -Infinity
  let waiting = 0
  const speak = (text) => {
    clearTimeout(waiting)
    const wait = last + quietS * 1000 - performance.now()
    if (wait <= 0) {
      last = performance.now()
      if (line.textContent !== text) line.textContent = text
    } else waiting = setTimeout(() => speak(text), wait)
  }
  speak.stop = () => clearTimeout(waiting)
  return speak
}

const german = (lang) => (lang || document.documentElement.lang || "en").startsWith("de")
const NARROW = "\u202f"

/** A number in the page's typography: "1 234,5" in German, "1,234.5" in English. */
export function number(value, digits = 0, lang = "") {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–"
  const [whole, rest] = Math.abs(value).toFixed(digits).split(".")
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, german(lang) ? NARROW : ",")
  const sign = value < 0 && Number(value.toFixed(digits)) !== 0 ? "−" : ""
  return sign + grouped + (rest ? (german(lang) ? "," : ".") + rest : "")
}

/** A share of 1 as a percentage; almost nothing or almost everything never shows as exactly 0 or 100. */
export function percent(share, lang = "", digits = 0) {
  if (share > 0 && share < 0.5 * 10 ** (-digits - 2)) {
    return "<" + NARROW + number(10 ** -digits, digits, lang) + gap(lang) + "%"
  }
  const most = 1 - 0.5 * 10 ** (-digits - 2)
  if (share >= most && share < 1 - 1e-9) {
    return ">" + NARROW + number(100 - 10 ** -digits, digits, lang) + gap(lang) + "%"
  }
  return number(share * 100, share === 0 || share >= most ? 0 : digits, lang) + gap(lang) + "%"
}
const gap = (lang) => (german(lang) ? NARROW : "")

/** Text in the language's quotation marks. */
export const quoted = (text, lang = "") => (german(lang) ? `„${text}“` : `“${text}”`)

/** A catalogue sentence with its "{name}" placeholders filled in. */
export const fill = (sentence, values) =>
  sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole))

/** Text with its white space made visible: a thin dot for a space, ↵ for a line's end. */
export function visible(text) {
  const pieces = []
  for (const piece of text.split(/([ \n\t\r]+)/)) {
    if (!piece) continue
    if (/^[ \n\t\r]+$/.test(piece)) {
      pieces.push(
        element("span", {
          class: "space",
          text: piece.replace(/ /g, "·").replace(/\n/g, "↵").replace(/\t/g, "→").replace(/\r/g, "␍"),
        }),
      )
    } else pieces.push(document.createTextNode(piece))
  }
  return pieces
}
export const visibleText = (text) => text.replace(/ /g, "·").replace(/\n/g, "↵").replace(/\t/g, "→")

/** The bytes behind base64; a plain loop, since a function called for each of a million takes twenty times as long. */
export function bytesOf(base64) {
  const text = atob(base64), bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}

/** The active token: shared by every view of the same text, without the server. */
export const handToken = (group, token, from) =>
  window.dispatchEvent(new CustomEvent("gb:token", { detail: { group, token, from } }))

export function onHandToken(hear) {
  const listener = (event) => hear(event.detail)
  window.addEventListener("gb:token", listener)
  return () => window.removeEventListener("gb:token", listener)
}

/** Call `redraw` at most once per frame, however often it is requested. */
export function framed(redraw) {
  let asked = 0
  const ask = () => {
    asked ||= requestAnimationFrame(() => {
      asked = 0
      redraw()
    })
  }
  ask.stop = () => cancelAnimationFrame(asked)
  return ask
}

const whenIdle = globalThis.requestIdleCallback ?? ((work) => setTimeout(work, 200)) // Safari has none
const endIdle = globalThis.cancelIdleCallback ?? clearTimeout

/** Call `redraw` with the next frame if `watched` can be seen, else when the browser has nothing better to do. */
export function unhurried(watched, redraw) {
  let inSight = false, idle = 0
  const frame = framed(redraw)
  const ask = () => {
    if (inSight) frame()
    else {
      idle ||= whenIdle(() => {
        idle = 0
        redraw()
      })
    }
  }
  const sight = new IntersectionObserver((entries) => {
    inSight = entries.at(-1)?.isIntersecting ?? false
    if (!inSight || !idle) return
    endIdle(idle)
    idle = 0
    frame()
  })
  sight.observe(watched)
  ask.stop = () => {
    frame.stop()
    endIdle(idle)
    sight.disconnect()
  }
  return ask
}

/** Call `redraw` when the size of `watched` or the page's theme changes; returns a function that stops this. */
export function onLook(watched, redraw) {
  const ask = framed(redraw)
  const size = new ResizeObserver(ask)
  size.observe(watched)
  const theme = new MutationObserver(ask)
  for (const each of [document.documentElement, document.body, document.querySelector(".stApp")]) {
    if (each) {
      theme.observe(each, { attributes: true, attributeFilter: ["class", "style", "data-theme", "data-gb-theme"] })
    }
  }
  const scheme = matchMedia("(prefers-color-scheme: dark)")
  scheme.addEventListener("change", ask)
  return () => {
    ask.stop()
    size.disconnect()
    theme.disconnect()
    scheme.removeEventListener("change", ask)
  }
}

/** The page's current colours, by the names of the components' own variables. */
export function colours(root) {
  const style = getComputedStyle(root)
  return (name) => style.getPropertyValue(`--${name}`).trim()
}

let pixel // one canvas for all questions of `channels`

/** Any CSS colour as [r, g, b], each 0 to 255. */
export function channels(colour) {
  const pen = pixel ??= new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true })
  pen.fillStyle = "#000"
  pen.fillStyle = colour
  pen.clearRect(0, 0, 1, 1)
  pen.fillRect(0, 0, 1, 1)
  return [...pen.getImageData(0, 0, 1, 1).data.slice(0, 3)]
}

export const quiet = () => matchMedia("(prefers-reduced-motion: reduce)").matches
