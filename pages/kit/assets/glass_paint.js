// How the glass view is painted: strips of numbers, ribbons of attention, the fan of next words.
import { channels } from "./kit.js"

const SPREAD = 2.1 // a strip is darkest at so many times its typical size

/** Colours of the page by name, as css and as channels. */
export function palette(colour) {
  const css = Object.fromEntries(
    ["card", "ink", "soft", "line", "edge", "accent", "query", "key", "value", "neuron", "sand"].map((name) => [
      name,
      colour(name),
    ]),
  )
  const rgb = Object.fromEntries(Object.entries(css).map(([name, value]) => [name, channels(value)]))
  return { css, rgb, ground: rgb.card.map((x, c) => x + (rgb.ink[c] - x) * 0.05) }
}

/**
 * A picture of (n, numbers) values: each row a strip of `high` lines of `wide` cells, as dark as a number is large.
 *
 * Rows have a scale each: one token's numbers may be two hundred times as large as another's.
 */
export function strips(values, n, numbers, wide, pens, ground) {
  const high = Math.ceil(numbers / wide), made = new OffscreenCanvas(wide, Math.max(1, high * n))
  const pen = made.getContext("2d"), image = pen.createImageData(made.width, made.height)
  const pixels = image.data
  for (let t = 0; t < n; t++) {
    let size = 0
    for (let c = 0; c < numbers; c++) size += values[t * numbers + c] ** 2
    size = SPREAD * Math.sqrt(size / numbers) || 1
    for (let c = 0; c < high * wide; c++) {
      const v = c < numbers ? values[t * numbers + c] / size : 0, strength = Math.min(1, Math.abs(v)) ** 0.8
      const to = v < 0 ? pens.below : pens.above, at = (t * high * wide + c) * 4
      for (let k = 0; k < 3; k++) pixels[at + k] = ground[k] + (to[k] - ground[k]) * strength
      pixels[at + 3] = 255
    }
  }
  pen.putImageData(image, 0, 0)
  return { made, wide, high }
}

/** One row of a picture of strips. */
export function strip(g, picture, row, x, y, wide, high) {
  g.drawImage(picture.made, 0, row * picture.high, picture.wide, picture.high, x, y - high / 2, wide, high)
}

/** A ribbon from a point on one lane to a stretch of another. */
export function ribbon(g, x0, y0, x1, y1, thick0, thick1) {
  const bend = (x1 - x0) * 0.5
  g.beginPath()
  g.moveTo(x0, y0 - thick0 / 2)
  g.bezierCurveTo(x0 + bend, y0 - thick0 / 2, x1 - bend, y1, x1, y1)
  g.lineTo(x1, y1 + thick1)
  g.bezierCurveTo(x1 - bend, y1 + thick1, x0 + bend, y0 + thick0 / 2, x0, y0 + thick0 / 2)
  g.closePath()
  g.fill()
}

/**
 * Attention of one head between two places: leaving a lane takes nothing from it, so ribbons begin thin; at their end
 * they lie on each other and add up to 100 %.
 */
export function ribbons(g, weights, n, places, x0, x1, hand, pens) {
  const least = n > 24 ? 0.04 : 0.015
  for (let i = 0; i < n; i++) {
    const own = i === hand, port = Math.min(16, places[i].pitch * 0.5)
    if (places[i].pitch < 3 && !own) continue
    g.fillStyle = own ? pens.strong : pens.weak
    let offset = places[i].y - port / 2
    for (let j = 0; j <= i; j++) {
      const share = weights[i * n + j]
      if (share >= least || (own && share >= 0.005)) {
        ribbon(g, x0, places[j].y, x1, offset, own ? 1.6 : 0.8, Math.max(0.4, port * share))
      }
      offset += port * share
    }
  }
}

/** A picture of (n, n) values, a point each; `channelsOf` gives a value's colour, and that of one that lies ahead. */
export function points(values, n, channelsOf) {
  const made = new OffscreenCanvas(n, n), pen = made.getContext("2d"), image = pen.createImageData(n, n)
  for (let i = 0; i < n * n; i++) {
    image.data.set(channelsOf(values[i], i % n > Math.floor(i / n)), i * 4)
    image.data[i * 4 + 3] = 255
  }
  pen.putImageData(image, 0, 0)
  return { made, wide: n, high: 1 }
}

/** Such a picture on the lanes: a triangle of cells, with gaps between them where there is room. */
export function matrix(g, picture, places, x, wide) {
  const n = places.length, cell = wide / n
  g.imageSmoothingEnabled = false
  places.forEach(({ y, pitch }, i) => {
    const high = Math.max(1, pitch - (pitch > 8 ? 2 : 0))
    if (cell <= 5) return strip(g, picture, i, x, y, wide, high)
    for (let j = 0; j < n; j++) g.drawImage(picture.made, j, i, 1, 1, x + j * cell, y - high / 2, cell - 1, high)
  })
  g.imageSmoothingEnabled = true
}
