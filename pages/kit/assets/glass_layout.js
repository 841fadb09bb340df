// Where everything stands in the glass view, for any width and any number of tokens and blocks.

/** The columns of an opened block: where each begins and how wide it is, in parts of SPAN. */
export const COLUMNS = {
  attention_input: [10, 36],
  query: [62, 58],
  key: [128, 58],
  value: [194, 58],
  score: [270, 106],
  weight: [390, 106],
  ribbons: [500, 62],
  mixed: [566, 36],
  attention_output: [618, 36],
  middle: [660, 14],
  feedforward_input: [682, 36],
  hidden: [732, 70],
  feedforward_output: [816, 36],
  after: [858, 14],
}
const SPAN = 880
const LABEL = 17 // pixels of height that a token's text needs

/**
 * The vertical place of every lane. Where all would be too narrow for their words, the lanes around `hand` are spread,
 * and the lane under the pointer stays where it is.
 */
export function lanes(n, top, height, hand) {
  const even = height / n
  if (even >= LABEL) {
    return Array.from({ length: n }, (_, i) => ({ y: top + even * (i + 0.5), pitch: even }))
  }
  const weight = (i) => 1 + 1.6 * (LABEL / even) * Math.exp(-(((i - hand) / 2.2) ** 2))
  const middle = top + even * (hand + 0.5), own = LABEL + 3, places = Array(n)
  places[hand] = { y: middle, pitch: own }
  const spread = (some, from, room) => {
    const all = some.reduce((sum, i) => sum + weight(i), 0)
    let y = from
    for (const i of some) {
      const pitch = room * weight(i) / all
      places[i] = { y: y + pitch / 2, pitch }
      y += pitch
    }
  }
  const before = Array.from({ length: hand }, (_, i) => i)
  const after = Array.from({ length: n - hand - 1 }, (_, i) => hand + 1 + i)
  const first = Math.max(top, middle - own / 2), last = Math.min(top + height, middle + own / 2)
  spread(before, top, first - top)
  spread(after, last, top + height - last)
  return places
}

/** The lane at a height, by the even places, so that the choice does not move under the pointer. */
export const laneAt = (y, n, top, height) => Math.max(0, Math.min(n - 1, Math.floor((y - top) / (height / n))))

/**
 * Horizontal places as one row of numbers, so that two layouts can be blended: embedding, every block, the fan, and
 * the final norm, which stands between the last block and the fan.
 *
 * @param {number} width of the stage
 * @param {number} n blocks
 * @param {number} open the block that is opened, or -1
 * @param {number} only the one block that is shown on a narrow stage, or -1
 */
export function across(width, n, open, only) {
  if (only >= 0) {
    const left = 96, wide = width - left - 8
    const flat = [-200, 0]
    for (let b = 0; b < n; b++) flat.push(left + (b - only) * (width + 20), wide, 0)
    return [...flat, width - 6, width - 6, 0, width - 6, 0]
  }
  const tokens = open < 0 ? 126 : 104, words = open < 0 ? 176 : 132, fan = open < 0 ? 46 : 16
  const emb = open < 0 ? 56 : 8, gap = n > 12 ? 3 : open < 0 ? 10 : 5
  const norm = open < 0 ? 40 : 8
  const shut = Math.max(3, Math.min(14, 130 / n))
  const flat = [tokens, emb]
  let x = tokens + emb + 14
  const room = width - words - fan - x - gap * n - norm - 8
  for (let b = 0; b < n; b++) {
    const wide = open < 0 ? room / n : b === open ? room - shut * (n - 1) : shut
    flat.push(x, wide, b === open ? 1 : 0)
    x += wide + gap
  }
  const from = x - gap + 8 + norm // where the fan begins
  return [...flat, from, from + fan, words, from - norm, norm]
}

/** The places of one layout by name. */
export function read(flat, n) {
  const blocks = Array.from({ length: n }, (_, b) => {
    const [x, wide, openness] = flat.slice(2 + 3 * b, 5 + 3 * b)
    const scale = wide / SPAN, shutScale = wide
    const between = (shut, name, side = 0) => {
      const opened = x + (COLUMNS[name][0] + side * COLUMNS[name][1]) * scale
      return x + shut * shutScale + (opened - (x + shut * shutScale)) * openness
    }
    return {
      x,
      wide,
      openness,
      at: (name) => ({ x: x + COLUMNS[name][0] * scale, wide: COLUMNS[name][1] * scale }),
      from: between(0.02, "ribbons"), // ribbons leave the lanes here
      to: between(0.46, "ribbons", 1), // and end here
      neurons: between(0.55, "hidden"),
      neuronsWide: 0.4 * shutScale * (1 - openness) + COLUMNS.hidden[1] * scale * openness,
    }
  })
  const [fanFrom, words, wordsWide, finalX, finalWide] = flat.slice(2 + 3 * n)
  const final = { x: finalX, wide: finalWide }
  return { embedding: { x: flat[0], wide: flat[1] }, blocks, final, fanFrom, words, wordsWide }
}

/** A layout between two others. */
export const blend = (from, to, share) => from.map((value, i) => value + (to[i] - value) * share)
