// CSS in the terms of SVG: colours, gradients, and where a font's baseline lies.
import { channels } from "./kit.js"

const SVG = "http://www.w3.org/2000/svg"
const CODES =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** Text as XML can hold it: no control characters and no half characters. */
export const clean = (text) => text.replace(CODES, "\ufffd")
const round = (n) => Math.round(n * 100) / 100

/** An SVG element; its texts are such as XML can hold. */
export function make(name, attributes = {}, text = "") {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== "" && value !== undefined) {
      made.setAttribute(key, typeof value === "number" ? String(round(value)) : clean(String(value)))
    }
  }
  if (text) made.textContent = clean(text)
  return made
}

const known = new Map()
/** A CSS colour as SVG programs know it, and its opacity; null for what cannot be seen. */
export function colour(css) {
  if (!css || css === "transparent" || css === "none") return null
  if (known.has(css)) return known.get(css)
  const plain = /^rgba?\((\d+),? (\d+),? (\d+)(?:[,/ ]+([\d.]+))?\)$/.exec(css)
  let found = null
  if (plain) {
    const alpha = plain[4] === undefined ? 1 : Number(plain[4])
    found = alpha > 0 ? { fill: `rgb(${plain[1]},${plain[2]},${plain[3]})`, alpha } : null
  } else {
    // color(srgb 0.1 0.2 0.3 / 0.5) and the like; the alpha is read apart, as a transparent pixel has no colour.
    const alpha = Number(/\/ ?([\d.]+)\)$/.exec(css)?.[1] ?? 1)
    const [r, g, b] = channels(css.replace(/ ?\/ ?[\d.]+\)$/, ")"))
    found = alpha > 0 ? { fill: `rgb(${r},${g},${b})`, alpha } : null
  }
  known.set(css, found)
  return found
}

/** Measures texts. */
export const pen = document.createElement("canvas").getContext("2d")
const ascents = new Map()
/** How much of a font's height stands above its baseline, as a share. */
export function ascent(style) {
  const font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`
  if (!ascents.has(font)) {
    pen.font = font
    const size = pen.measureText("Hg")
    const whole = size.fontBoundingBoxAscent + size.fontBoundingBoxDescent
    ascents.set(font, whole > 0 ? size.fontBoundingBoxAscent / whole : 0.8)
  }
  return ascents.get(font)
}

/** The pixels of a CSS length. */
export const number = (css) => parseFloat(css) || 0

/** A place along a gradient: "40%", "3px" or "calc(50% - 1px)", in pixels. */
function placed(css, length) {
  let sum = 0
  for (const [, sign, n, unit] of css.matchAll(/([+-]?)\s*([\d.]+)(px|%)/g)) {
    sum += (sign === "-" ? -1 : 1) * Number(n) * (unit === "%" ? length / 100 : 1)
  }
  return sum
}

/** Split at commas that stand in no brackets. */
export function listed(css) {
  const found = [""]
  let depth = 0
  for (const sign of css) {
    if (sign === "(") depth++
    if (sign === ")") depth--
    if (sign === "," && !depth) found.push("")
    else found[found.length - 1] += sign
  }
  return found.map((each) => each.trim())
}

const SIDES = { "to top": 0, "to right": 90, "to bottom": 180, "to left": 270 }
const CORNERS = {
  "to top right": [1, -1],
  "to bottom right": [1, 1],
  "to bottom left": [-1, 1],
  "to top left": [-1, -1],
}

/** A CSS gradient as an SVG gradient; null for those that SVG does not have. */
export function gradient(css, box, id) {
  const inside = /^(repeating-)?linear-gradient\((.*)\)$/.exec(css)
  if (!inside) return null
  const parts = listed(inside[2])
  let angle = 180
  if (/^-?[\d.]+deg$/.test(parts[0])) angle = parseFloat(parts.shift())
  else if (parts[0] in SIDES) angle = SIDES[parts.shift()]
  else if (parts[0] in CORNERS) {
    const [x, y] = CORNERS[parts.shift()]
    angle = Math.atan2(x * box.height, -y * box.width) * 180 / Math.PI
  }
  const turn = angle * Math.PI / 180, x = Math.sin(turn), y = -Math.cos(turn)
  const length = Math.abs(box.width * x) + Math.abs(box.height * y)
  const stops = []
  for (const part of parts) {
    const shade = /^(#[0-9a-f]+|[a-z-]+\((?:[^()]|\([^()]*\))*\)|[a-z]+)\s*/i.exec(part)
    if (!shade) continue
    const places = part.slice(shade[0].length).match(/calc\([^)]*\)|-?[\d.]+(?:px|%)/g) ?? [null]
    for (const place of places) stops.push({ css: shade[1], at: place && placed(place, length) })
  }
  if (!stops.length) return null
  stops[0].at ??= 0
  stops.at(-1).at ??= length
  const end = inside[1] ? stops.at(-1).at || length : length
  const from = [box.x + box.width / 2 - x * length / 2, box.y + box.height / 2 - y * length / 2]
  const made = make("linearGradient", {
    id,
    gradientUnits: "userSpaceOnUse",
    x1: from[0],
    y1: from[1],
    x2: from[0] + x * end,
    y2: from[1] + y * end,
    spreadMethod: inside[1] ? "repeat" : null,
  }) // deno-fmt-ignore-line
  stops.forEach(({ css, at }, i) => {
    const known = at ?? (stops[i - 1].at + (stops[i + 1]?.at ?? length)) / 2
    stops[i].at = known
    const seen = colour(css) ?? { fill: "rgb(0,0,0)", alpha: 0 }
    made.append(make("stop", { offset: known / end, "stop-color": seen.fill, "stop-opacity": seen.alpha }))
  })
  return made
}
