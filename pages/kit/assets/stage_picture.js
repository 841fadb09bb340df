// A stage as an SVG picture: what is laid out on the page, drawn again with SVG's own shapes.
//
// No foreignObject: browsers refuse to give out the pixels of a canvas on which one was drawn, and other programs show
// nothing in its place. So boxes become rectangles, words become texts at the places at which they stand, SVGs are
// copied with their computed styles, canvases and pictures become images. Nothing is fetched.
import { ascent, clean, colour, gradient, listed, make, number, pen } from "./css_shapes.js"

const XLINK = "http://www.w3.org/1999/xlink"
/** What of a computed style an element inside an SVG needs to look the same elsewhere. */
const STYLES = [
  "fill",
  "fill-opacity",
  "fill-rule",
  "stroke",
  "stroke-width",
  "stroke-opacity",
  "stroke-dasharray",
  "stroke-dashoffset",
  "stroke-linecap",
  "stroke-linejoin",
  "opacity",
  "visibility",
  "font-family",
  "font-size",
  "font-weight",
  "font-style",
  "letter-spacing",
  "text-anchor",
  "dominant-baseline",
  "paint-order",
  "clip-rule",
  "shape-rendering",
  "mix-blend-mode",
  "marker-start",
  "marker-end",
  "stop-color",
  "stop-opacity",
  "vector-effect",
] // deno-fmt-ignore-line
const PARTS_OF_PAGE = "script, style, link, template, [data-gb-not-in-picture], [data-testid=stIconMaterial]"

/** Draws one stage. */
class Drawing {
  constructor(stage) {
    this.origin = stage.getBoundingClientRect()
    this.defs = make("defs")
    this.n = 0
  }

  at(rect) {
    return { x: rect.left - this.origin.left, y: rect.top - this.origin.top, width: rect.width, height: rect.height }
  }

  define(made) {
    this.defs.append(made)
    return `url(#${made.id})`
  }

  next() {
    return `gb${++this.n}`
  }

  /** An element and all inside it, as SVG inside `into`. */
  element(node, into) {
    if (node.matches(PARTS_OF_PAGE)) return
    const style = getComputedStyle(node)
    if (style.display === "none" || style.opacity === "0" || hidden(style)) return
    if (style.display === "contents") return this.children(node, into)
    const rect = node.getBoundingClientRect(), box = this.at(rect)
    let group = into
    if (style.opacity !== "1") {
      group = make("g", { opacity: style.opacity })
      into.append(group)
    }
    if (style.visibility !== "hidden") {
      if (node instanceof SVGSVGElement) return void group.append(this.svg(node, box))
      this.box(style, box, group)
      for (const side of ["::before", "::after"]) this.pseudo(node, side, style, box, group)
      if (node instanceof HTMLCanvasElement || node instanceof HTMLImageElement) return this.image(node, box, group)
      if (node instanceof HTMLInputElement || node instanceof HTMLTextAreaElement) {
        return this.field(node, style, box, group)
      }
    }
    if (clips(style) && (node.scrollWidth > node.clientWidth + 1 || node.scrollHeight > node.clientHeight + 1)) {
      if (!rect.width || !rect.height) return
      const id = this.next(), path = make("clipPath", { id })
      path.append(make("rect", box))
      const inner = make("g", { "clip-path": this.define(path) })
      group.append(inner)
      group = inner
    }
    this.children(node, group, style)
  }

  children(node, into, style = getComputedStyle(node)) {
    if (node instanceof HTMLDetailsElement && !node.open) {
      const summary = node.querySelector(":scope > summary")
      if (summary) this.element(summary, into)
      return
    }
    const inside = node.shadowRoot ?? node
    const assigned = node instanceof HTMLSlotElement ? node.assignedNodes() : inside.childNodes
    for (const child of assigned) {
      if (child.nodeType === Node.ELEMENT_NODE) this.element(child, into)
      else if (child.nodeType === Node.TEXT_NODE && style.visibility !== "hidden") this.text(child, style, into)
    }
  }

  /**
   * A mark that a style sheet adds: a swatch, a dot, a line. Its place is only known where it is placed absolutely, or
   * where it comes first; a counter's number is not known to scripts at all.
   */
  pseudo(node, side, style, box, into) {
    const own = getComputedStyle(node, side)
    if (["none", "normal"].includes(own.content) || own.display === "none" || own.opacity === "0") return
    const isFree = own.position === "absolute", size = { width: number(own.width), height: number(own.height) }
    if (!isFree && side === "::after") return
    const x = isFree
      ? box.x + number(style.borderLeftWidth) + number(own.left)
      : box.x + number(style.borderLeftWidth) + number(style.paddingLeft) + number(own.marginLeft)
    const line = number(style.lineHeight) || number(style.fontSize) * 1.4
    const top = box.y + number(style.borderTopWidth)
    const said = /^"(.*)"$/.exec(own.content)?.[1].trim()
    if (said) {
      const seen = colour(own.color), y = top + number(style.paddingTop) + line / 2 + number(own.fontSize) * 0.35
      if (seen && !isFree) {
        into.append(
          make("text", { x, y, "font-family": own.fontFamily, "font-size": own.fontSize, fill: seen.fill }, said),
        )
      }
    } else if (own.content === '""' && size.width && size.height) {
      if (isFree && style.position === "static") return // placed in an element further out
      const y = isFree ? top + number(own.top) : top + number(style.paddingTop) + (line - size.height) / 2
      this.box(own, { x, y, ...size }, into)
    }
  }

  /** Background and borders. */
  box(style, box, into) {
    if (box.width <= 0 || box.height <= 0) return
    const radius = Math.min(
      style.borderTopLeftRadius.endsWith("%") ? box.width / 2 : number(style.borderTopLeftRadius),
      box.width / 2,
      box.height / 2,
    )
    const fill = colour(style.backgroundColor)
    if (fill) {
      into.append(
        make("rect", {
          ...box,
          rx: radius || null,
          fill: fill.fill,
          "fill-opacity": fill.alpha < 1 ? fill.alpha : null,
        }),
      )
    }
    if (style.backgroundImage !== "none" && style.backgroundSize === "auto") {
      for (const css of listed(style.backgroundImage).reverse()) {
        const made = gradient(css, box, this.next())
        if (made) into.append(make("rect", { ...box, rx: radius || null, fill: this.define(made) }))
      }
    }
    const sides = ["Top", "Right", "Bottom", "Left"].map((side) => ({
      wide: style[`border${side}Style`] === "none" ? 0 : number(style[`border${side}Width`]),
      css: style[`border${side}Color`],
      dash: style[`border${side}Style`],
    }))
    const same = sides.every((each) => each.wide === sides[0].wide && each.css === sides[0].css)
    if (same) return void this.frame(sides[0], box, radius, into)
    const { x, y, width, height } = box
    const lines = [
      [x, y, x + width, y],
      [x + width, y, x + width, y + height],
      [x, y + height, x + width, y + height],
      [x, y, x, y + height],
    ]
    const inward = [[0, 1], [-1, 0], [0, -1], [1, 0]]
    sides.forEach((side, i) => {
      const seen = colour(side.css)
      if (!side.wide || !seen) return
      const [x1, y1, x2, y2] = lines[i], [dx, dy] = inward[i].map((n) => n * side.wide / 2)
      into.append(
        make("line", {
          x1: x1 + dx,
          y1: y1 + dy,
          x2: x2 + dx,
          y2: y2 + dy,
          stroke: seen.fill,
          "stroke-opacity": seen.alpha,
          "stroke-width": side.wide,
          "stroke-dasharray": dashes(side),
        }),
      )
    })
  }

  frame(side, box, radius, into) {
    const seen = colour(side.css)
    if (!side.wide || !seen) return
    const half = side.wide / 2
    into.append(make("rect", {
      x: box.x + half,
      y: box.y + half,
      width: Math.max(0, box.width - side.wide),
      height: Math.max(0, box.height - side.wide),
      rx: Math.max(0, radius - half) || null,
      fill: "none",
      stroke: seen.fill,
      "stroke-opacity": seen.alpha,
      "stroke-width": side.wide,
      "stroke-dasharray": dashes(side),
    })) // deno-fmt-ignore-line
  }

  /** The words of a text node, one <text> for each line on which they stand. */
  text(node, style, into) {
    if (!node.data.trim()) return
    const seen = colour(style.webkitTextFillColor || style.color)
    if (!seen) return
    const range = document.createRange(), lines = []
    for (const found of node.data.matchAll(/\S+\s*/g)) {
      range.setStart(node, found.index)
      range.setEnd(node, found.index + found[0].trimEnd().length)
      const rects = range.getClientRects()
      if (!rects.length) continue
      if (rects.length > 1) { // a word that is broken: letter by letter
        let i = found.index
        for (const letter of found[0].trimEnd()) {
          range.setStart(node, i)
          range.setEnd(node, i += letter.length)
          const rect = range.getClientRects()[0]
          if (rect?.width) join(lines, rect, letter, i === found.index + letter.length ? " " : "")
        }
      } else join(lines, rects[0], found[0].trimEnd(), " ")
    }
    const upper = style.textTransform === "uppercase"
    for (const { rect, words } of lines) {
      if (rect.width <= 0.5 || rect.height <= 0.5) continue
      const box = this.at(rect)
      const said = upper ? words.toUpperCase() : words
      into.append(make("text", {
        x: box.x,
        y: box.y + box.height * ascent(style),
        "font-family": style.fontFamily,
        "font-size": style.fontSize,
        "font-weight": style.fontWeight === "400" ? null : style.fontWeight,
        "font-style": style.fontStyle === "normal" ? null : style.fontStyle,
        fill: seen.fill,
        "fill-opacity": seen.alpha < 1 ? seen.alpha : null,
        textLength: [...said].length > 1 ? box.width : null,
        lengthAdjust: "spacingAndGlyphs",
        "text-decoration": style.textDecorationLine === "none" ? null : style.textDecorationLine,
      }, said)) // deno-fmt-ignore-line
    }
  }

  /** What stands in a field; a password never leaves it. */
  field(node, style, box, into) {
    if (node.type === "password" || node.type === "hidden" || !box.width) return
    if (node.type === "range") return this.slider(node, style, box, into)
    if (node.type === "checkbox" || node.type === "radio" || node.type === "file") return
    const seen = colour(style.color), said = node.value
    if (!seen || !said) return
    const size = number(style.fontSize), line = number(style.lineHeight) || size * 1.4
    const isOne = node instanceof HTMLInputElement
    const rows = isOne ? [said] : said.split("\n")
    rows.forEach((row, i) => {
      const y = isOne ? box.y + box.height / 2 + size * 0.35 : box.y + number(style.paddingTop) + line * i + size
      if (y > box.y + box.height) return
      into.append(
        make("text", {
          x: box.x + number(style.paddingLeft),
          y,
          "font-family": style.fontFamily,
          "font-size": style.fontSize,
          fill: seen.fill,
        }, row),
      )
    })
  }

  slider(node, style, box, into) {
    const share = (Number(node.value) - Number(node.min || 0)) / (Number(node.max || 100) - Number(node.min || 0) || 1)
    const seen = colour(style.accentColor === "auto" ? style.color : style.accentColor) ?? colour("rgb(80,80,80)")
    const y = box.y + box.height / 2
    into.append(
      make("line", {
        x1: box.x,
        y1: y,
        x2: box.x + box.width,
        y2: y,
        stroke: seen.fill,
        "stroke-opacity": 0.3,
        "stroke-width": 3,
      }),
      make("circle", { cx: box.x + share * box.width, cy: y, r: 7, fill: seen.fill }),
    )
  }

  /** A canvas or picture with its pixels inside. */
  image(node, box, into) {
    if (!box.width || !box.height) return
    let address = ""
    try {
      address = pixels(node)
    } catch {
      return // a picture of another host, which this page never has
    }
    if (address) into.append(make("image", { ...box, href: address, preserveAspectRatio: "none" }))
  }

  /** An SVG on the page, copied with what its styles come to. */
  svg(node, box) {
    const view = node.getAttribute("viewBox")
    const made = make("svg", {
      ...box,
      viewBox: view,
      preserveAspectRatio: node.getAttribute("preserveAspectRatio"),
      overflow: getComputedStyle(node).overflow,
    })
    for (const child of node.children) this.copied(child, made)
    return made
  }

  copied(node, into) {
    if (!(node instanceof SVGElement) || node.matches("script, style, foreignObject, [data-gb-not-in-picture]")) return
    const style = getComputedStyle(node)
    if (style.display === "none" && !node.closest("defs, clipPath, linearGradient, pattern, mask, marker, symbol")) {
      return
    }
    const made = /** @type {SVGElement} */ (node.cloneNode(false))
    for (const name of [...made.getAttributeNames()]) {
      if (/^(on|class$|style$|data-|aria-|role$|tabindex$)/i.test(name)) made.removeAttribute(name)
    }
    for (const [name, space] of [["href", null], ["href", XLINK]]) {
      const address = made.getAttributeNS(space, name)
      if (address && !/^(#|data:image\/)/.test(address)) made.removeAttributeNS(space, name)
    }
    const said = STYLES.map((name) => [name, styled(name, style.getPropertyValue(name))]).filter(([, value]) => value)
    if (style.transform !== "none" && !node.hasAttribute("transform")) {
      said.push(["transform", style.transform], ["transform-origin", style.transformOrigin], [
        "transform-box",
        style.transformBox,
      ])
    }
    made.setAttribute("style", said.map(([name, value]) => `${name}:${value}`).join(";"))
    for (const child of node.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) made.append(clean(child.textContent))
      else if (child.nodeType === Node.ELEMENT_NODE) this.copied(child, made)
    }
    into.append(made)
  }
}

/** What an SVG's style comes to, without what every program assumes anyway. */
const ASSUMED = {
  "fill-opacity": "1",
  "stroke-opacity": "1",
  opacity: "1",
  visibility: "visible",
  "stroke-dasharray": "none",
  "stroke-dashoffset": "0px",
  "stroke-linecap": "butt",
  "stroke-linejoin": "miter",
  "font-style": "normal",
  "letter-spacing": "normal",
  "text-anchor": "start",
  "dominant-baseline": "auto",
  "paint-order": "normal",
  "fill-rule": "nonzero",
  "clip-rule": "nonzero",
  "shape-rendering": "auto",
  "mix-blend-mode": "normal",
  "marker-start": "none",
  "marker-end": "none",
  "stop-opacity": "1",
  "vector-effect": "none",
  "stop-color": "rgb(0, 0, 0)",
} // deno-fmt-ignore-line
function styled(name, value) {
  if (!value || ASSUMED[name] === value) return ""
  if (name === "fill" || name === "stroke" || name === "stop-color") {
    if (value === "none" || value.startsWith("url")) return value.replaceAll(/url\(["']?[^#"')]*(#[^"')]*)["']?\)/g, "url($1)")
    const seen = colour(value)
    return seen ? (seen.alpha < 1 ? seen.fill.replace("rgb(", "rgba(").replace(")", `,${seen.alpha})`) : seen.fill) : "none"
  }
  return value.replaceAll('"', "'")
}

const dashes = ({ dash, wide }) =>
  dash === "dashed" ? `${3 * wide} ${2 * wide}` : dash === "dotted" ? `${wide} ${wide}` : null
const clips = (style) => style.overflowX !== "visible" || style.overflowY !== "visible"
/** Only for screen readers, or folded away. */
const hidden = (style) => /inset\(50%|inset\(100%|rect\(0/.test(style.clipPath + style.clip)

/** Put a word onto the line on which it stands. */
function join(lines, rect, word, gap) {
  const line = lines.at(-1)
  if (line && Math.abs(line.rect.top - rect.top) < rect.height / 2 && rect.left >= line.rect.right - 1) {
    line.words += gap + word
    line.rect = new DOMRect(line.rect.x, line.rect.y, rect.right - line.rect.x, line.rect.height)
  } else lines.push({ rect, words: word })
}

/** The pixels of a canvas or picture as an address that holds them. */
function pixels(node) {
  const width = node.naturalWidth ?? node.width, height = node.naturalHeight ?? node.height
  if (!width || !height) return ""
  if (node instanceof HTMLCanvasElement) return node.toDataURL("image/png")
  const copy = document.createElement("canvas")
  copy.width = width
  copy.height = height
  copy.getContext("2d").drawImage(node, 0, 0)
  return copy.toDataURL("image/png")
}

/** Words in lines of at most so many pixels. */
function wrapped(text, font, most) {
  pen.font = font
  const lines = [""]
  for (const word of text.split(/(?<=[ /&?])/)) {
    const longer = lines.at(-1) + word
    if (pen.measureText(longer).width <= most) lines[lines.length - 1] = longer
    else if (pen.measureText(word).width <= most) lines.push(word)
    else {
      for (const letter of word) {
        if (pen.measureText(lines.at(-1) + letter).width > most) lines.push("")
        lines[lines.length - 1] += letter
      }
    }
  }
  return lines.map((line) => line.trim()).filter(Boolean)
}

/**
 * The stage as one SVG.
 *
 * @param {Element} stage what is drawn
 * @param {string[]} said what stands below it: its title, how it came to be, where and when
 * @returns {{text: string, width: number, height: number}} the file, and its size in CSS pixels
 */
export function pictureOf(stage, said) {
  const drawing = new Drawing(stage), style = getComputedStyle(stage)
  const width = Math.ceil(drawing.origin.width), high = Math.ceil(drawing.origin.height)
  const font = `12px ${style.fontFamily}`
  const lines = said.filter(Boolean).flatMap((text) => wrapped(text, font, width - 32))
  const height = high + 14 + 17 * lines.length
  const body = make("g")
  drawing.element(stage, body)
  const ground = colour(style.backgroundColor) ?? colour(getComputedStyle(document.body).backgroundColor) ??
    { fill: "rgb(255,255,255)" }
  const soft = colour(getComputedStyle(document.documentElement).getPropertyValue("--gb-soft").trim()) ??
    colour(style.color)
  const whole = make("svg", { width, height, viewBox: `0 0 ${width} ${height}` })
  whole.append(make("title", {}, said[0]), drawing.defs, make("rect", { width, height, fill: ground.fill }), body)
  lines.forEach((line, i) => {
    whole.append(
      make(
        "text",
        { x: 16, y: high + 18 + 17 * i, "font-family": style.fontFamily, "font-size": 12, fill: soft.fill },
        line,
      ),
    )
  })
  return { text: new XMLSerializer().serializeToString(whole), width, height }
}
