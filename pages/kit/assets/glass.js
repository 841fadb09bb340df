// The glass view: a whole transformer with its real numbers, from a sentence to the next word, in one line of sight.
// A lane is a token's residual stream. Pointing, opening and playing happen here; a click on a number asks the server
// for its arithmetic.
import {
  colours,
  component,
  element,
  fill,
  number,
  onLook,
  percent,
  quiet,
  quoted,
  speaker,
  visible,
  visibleText,
} from "./kit.js"
import { across, blend, COLUMNS, laneAt, lanes, read } from "./glass_layout.js"
import { matrix, palette, points, ribbon, ribbons, strip, strips } from "./glass_paint.js"
import { glassValues } from "./glass_values.js"

const CSS = `
.gb [hidden] { display: none !important; }
.glass { --neuron: var(--gb-neuron, #77448c); --sand: var(--gb-sand, #b3935a); position: relative; overflow: hidden; touch-action: pan-y; }
.glass > canvas { position: absolute; left: 0; top: 0; display: block; }
.on { position: absolute; white-space: nowrap; }
.gb .tok { border: 0; border-radius: 4px; padding: 0 6px; font: 15.5px/22px var(--serif); background: color-mix(in srgb, var(--accent) 9%, var(--card)); transform: translateY(-50%); overflow: hidden; }
.gb .tok.start { font: 13px/22px var(--sans); color: var(--soft); background: color-mix(in srgb, var(--line) 50%, var(--card)); }
.gb .tok[aria-pressed=true] { box-shadow: inset 0 0 0 2px var(--accent); font-weight: 600; }
.head { font: 600 13.5px/17px var(--sans); } .head small + small:not(:empty) { font-family: var(--sans); } .head small, .shape { font: 12px/15px var(--mono); color: var(--soft); display: block; }
.gb .title { border: 0; background: none; padding: 0; font: 600 13.5px/18px var(--sans); color: var(--ink); border-bottom: 1px dotted var(--soft); } .gb .title:hover { color: var(--accent); }
.gb .title.far { writing-mode: vertical-rl; border: 0; font-size: 12px; }
.heads { display: flex; gap: 3px; } .gb .heads button { padding: 0; border: 1px solid var(--line); border-radius: 3px; background: var(--card); line-height: 0; overflow: hidden; }
.gb .heads button canvas { width: 100%; height: 100%; image-rendering: pixelated; opacity: .7; } .gb .heads button[aria-checked=true] { border-color: var(--accent); box-shadow: 0 0 0 1px var(--accent); } .gb .heads button[aria-checked=true] canvas { opacity: 1; }
.gb .heads .mean { font: 13px/1 var(--serif); color: var(--soft); } .gb .heads .out { border-style: dashed; } .gb .heads .out canvas { opacity: .15; }
.parts { display: flex; gap: 4px; align-items: center; overflow: hidden; } .gb .parts button { border: 1px solid var(--edge); border-radius: 11px; background: var(--card); padding: 0 7px 0 5px; font: 12.5px/19px var(--sans); color: var(--ink); } .gb .parts button::before { content: "●"; color: var(--value); font-size: 9px; margin-right: 4px; vertical-align: 1px; } .gb .parts button[aria-pressed=false]::before { content: "○"; color: var(--warn); } .gb .parts button[aria-pressed=false] { text-decoration: line-through; color: var(--soft); border-color: var(--warn); } .gb .parts button:hover { color: var(--accent); background: var(--accent-soft); }
.lens { overflow: hidden; } .lens div { display: flex; justify-content: space-between; gap: 6px; font: 14px/18px var(--serif); color: var(--soft); } .lens div:first-child { font: 600 16.5px/21px var(--serif); color: var(--ink); } .lens span { overflow: hidden; text-overflow: ellipsis; } .lens b { font: 12px/18px var(--mono); font-weight: 400; font-variant-numeric: tabular-nums; }
.lens small { display: block; font: 12.5px/16px var(--sans); color: var(--soft); margin-top: 2px; } .lens small b { font: inherit; color: var(--ink); }
.gb .word { border: 0; background: none; border-radius: 4px; padding: 0 5px; display: flex; justify-content: space-between; align-items: baseline; gap: 6px; font: 15.5px/23px var(--serif); transform: translateY(-50%); }
.gb .word:hover, .gb .word[aria-pressed=true] { background: var(--accent-soft); } .gb .word:first-of-type, .word.first { font-weight: 600; color: var(--accent); } .word span { overflow: hidden; text-overflow: ellipsis; } .word b { font: 12.5px var(--mono); font-weight: 400; color: var(--soft); font-variant-numeric: tabular-nums; } .word b del { opacity: .65; margin-right: 3px; }
.word.rest { font: 13px/22px var(--sans); color: var(--soft); display: flex; justify-content: space-between; padding: 0 5px; } .word.rest.on { transform: translateY(-50%); }
.column { text-align: center; font: 600 12.5px/15px var(--sans); } .column small { display: block; font: 11.5px/14px var(--mono); color: var(--soft); font-weight: 400; } .gb .column button { border: 0; background: none; padding: 0; font: inherit; color: inherit; }
.column.query { color: var(--query); } .column.key { color: var(--key); } .column.value { color: var(--value); } .column.neuron { color: var(--neuron); }
.time { display: flex; align-items: center; gap: 8px; margin: 4px 0 0; } .time input { flex: 1; accent-color: var(--accent); min-width: 60px; } .gb .time button { min-width: 36px; }
.said { margin: 0 2px 8px; font: 16px/1.4 var(--serif); min-height: 45px; max-width: 1150px; } .said b { font-weight: 600; color: var(--accent); }
.offs { display: flex; flex-wrap: wrap; gap: 8px 12px; align-items: center; margin: 6px 2px 0; padding: 4px 12px; border-left: 3px solid var(--warn); background: color-mix(in srgb, var(--warn) 8%, var(--card)); border-radius: 0 8px 8px 0; }
.cell { margin: 10px 0 0; border: 1px solid var(--line); border-radius: 9px; padding: 10px 16px 12px; background: var(--card); } .cell h3 { font: 600 15.5px/1.35 var(--sans); margin: 0 0 6px; display: flex; justify-content: space-between; gap: 12px; } .cell .sums { display: grid; grid-template-columns: minmax(0, 1.15fr) minmax(0, 1fr); gap: 6px 34px; }
.cell table { border-collapse: collapse; font: 13px/20px var(--sans); width: 100%; } .cell td, .cell th { padding: 0 8px 0 0; text-align: right; font-variant-numeric: tabular-nums; font-weight: 400; } .cell th { text-align: left; color: var(--soft); } .cell td { font-family: var(--mono); font-size: 12.5px; } .cell .last td, .cell .last th { font-weight: 600; color: var(--ink); border-top: 1px solid var(--line); } .cell .same { color: var(--value); font-weight: 600; margin: 6px 0 0; } .cell .other { color: var(--warn); font-weight: 600; margin: 6px 0 0; } .cell .formula { font: 14px/1.5 var(--mono); margin: 0 0 8px; overflow-wrap: anywhere; }
.pager { display: flex; gap: 6px; align-items: center; margin: 0 0 6px; overflow-x: auto; } .gb .pager button { white-space: nowrap; padding: 6px 10px; min-height: 40px; } .gb .pager button[aria-pressed=true] { background: var(--accent-soft); border-color: var(--accent); }
.list { display: none; }
@media (max-width: 760px) { .list { display: grid; grid-template-columns: 1fr 1fr; gap: 2px 16px; } .list .word { transform: none; width: 100%; line-height: 34px; } .said { font-size: 16px; min-height: 74px; } .cell .sums { grid-template-columns: 1fr; } }
`
const TOP = 86, BELOW = 84, PLAY_MS = 20000, MOVE_MS = 260
const STRIPS = ["attention_input", "mixed", "attention_output", "feedforward_input", "hidden", "feedforward_output"]
const ORDER = Object.keys(COLUMNS).filter((name) => name !== "ribbons")

export default component(CSS, (root, { keep }) => {
  const canvas = element("canvas", { "aria-hidden": "true" }), g = canvas.getContext("2d")
  const over = element("div"), stage = element("div", { class: "glass", role: "group" }, canvas, over)
  const pager = element("div", { class: "pager", role: "group", hidden: true })
  const play = element("button", { type: "button", class: "act first" })
  const back = element("button", { type: "button", class: "act", text: "◀" })
  const onward = element("button", { type: "button", class: "act", text: "▶" })
  const slider = element("input", { type: "range", min: 0, max: 1000, value: 1000 })
  const time = element("div", { class: "time" }, play, back, onward, slider)
  const said = element("p", { class: "said" }), offs = element("div", { class: "offs", hidden: true })
  const list = element("div", { class: "list" }), panel = element("section", { class: "cell", hidden: true })
  root.append(said, pager, stage, list, time, offs, panel)
  const speak = speaker(root, 0.6)

  let data, values, drawn = "", hand = 0, pinned = 0, heads = [], open = -1, page = 0, front = 1
  let place = null, marked = null, word = -1, flat = [], move = null, colour, pens, pictures = new Map(), width = 0
  let clock = 0, spots = [], ofHand = [], ROOM = 300

  const w = (name, filled = {}) => fill(data.words[name], filled)
  const narrow = () => width < 700
  const bare = (t) => visibleText(data.tokens[t].text).replace(/^·/, "")
  const quote = (text) => quoted(text, data.lang)
  const num = (x, digits = 0) => number(x, digits, data.lang)
  const pct = (x, digits = 0) => percent(x, data.lang, digits)
  const height = () => TOP + ROOM + (narrow() ? 82 : BELOW)
  /** Room for the lanes: what the window has, at most what the lanes need to be read with ease. */
  const roomFor = (n) => Math.round(Math.min(Math.max(232, n * 34), Math.max(232, Math.min(400, innerHeight - 566))))
  const target = () => across(width, data.config.n_layers, narrow() ? -1 : open, narrow() ? page : -1)

  // ------------------------------------------------------------------------------------------------ painting
  const picture = (l, name) => {
    const h = ["query", "key", "value"].includes(name) ? heads[l] % data.config.n_heads : -1, id = `${l} ${name} ${h}`
    if (!pictures.has(id)) {
      const numbers = values.column(l, name, h)
      const wide = name === "hidden" ? 64 : data.config.head_size
      const n = name === "hidden" ? data.config.n_hidden : h >= 0 ? data.config.head_size : data.config.n_channels
      const { rgb, ground } = colour
      const above = { query: rgb.query, key: rgb.key, value: rgb.value, hidden: rgb.neuron }[name] ?? rgb.ink
      const ends = { above, below: rgb.sand }
      pictures.set(id, numbers && strips(numbers, values.T, n, wide, ends, ground))
    }
    return pictures.get(id)
  }
  /** All scores or weights of a head, a point each; what lies ahead is masked. */
  const cells = (l, h, name) => {
    const id = `${name} ${l} ${h}`
    if (!pictures.has(id)) {
      const { rgb } = colour, isScore = name === "score"
      const found = isScore ? values.scores(l, h) : values.weights(l, h)
      const top = found.reduce((most, v) => Math.max(most, Math.abs(v)), 1e-9)
      const mix = (ink, share) => rgb.card.map((x, c) => x + (rgb[ink][c] - x) * share)
      const channelsOf = (v, ahead) => {
        if (ahead) return mix("line", 0.35)
        if (isScore) return mix(v < 0 ? "sand" : "ink", 0.06 + 0.9 * Math.min(1, Math.abs(v) / top))
        return mix("accent", 0.05 + 0.95 * Math.sqrt(v))
      }
      pictures.set(id, points(found, values.T, channelsOf))
    }
    return pictures.get(id)
  }
  const stripHeight = (pitch) => Math.max(1.5, Math.min(24, pitch - 6))
  const draw = () => {
    if (!data || !width) return
    const ratio = devicePixelRatio || 1, high = height()
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(high * ratio)) {
      canvas.width = Math.round(width * ratio)
      canvas.height = Math.round(high * ratio)
      Object.assign(canvas.style, { width: `${width}px`, height: `${high}px` })
    }
    g.setTransform(ratio, 0, 0, ratio, 0, 0)
    g.clearRect(0, 0, width, high)
    const at = read(flat, data.config.n_layers), rows = lanes(values.T, TOP, ROOM, hand), { css } = colour
    g.save()
    const end = front * width
    if (front < 1) {
      g.beginPath()
      g.rect(0, 0, end, high)
      g.clip()
    }
    g.lineWidth = 1
    for (const b of at.blocks) {
      g.strokeStyle = css.line
      g.fillStyle = `color-mix(in srgb, ${css.line} 12%, ${css.card})`
      g.beginPath()
      g.roundRect(b.x, 2, Math.max(2, b.wide), TOP + ROOM, 8)
      g.fill()
      g.stroke()
    }
    rows.forEach(({ y }, t) => {
      g.strokeStyle = t === hand ? css.accent : css.edge
      g.globalAlpha = t === hand ? 1 : 0.45
      g.lineWidth = t === hand ? 2.4 : 1
      g.beginPath()
      g.moveTo(narrow() ? 92 : at.embedding.x - 6, y)
      g.lineTo(at.fanFrom, y)
      g.stroke()
      g.globalAlpha = 1
    })
    const embedding = picture(0, "embedding")
    if (embedding && at.embedding.wide > 2) {
      rows.forEach(({ y, pitch }, t) =>
        strip(g, embedding, t, at.embedding.x, y, at.embedding.wide, stripHeight(pitch))
      )
    }
    const final = picture(0, "final")
    if (final && at.final.wide > 2) {
      rows.forEach(({ y, pitch }, t) => strip(g, final, t, at.final.x, y, at.final.wide, stripHeight(pitch)))
    }
    at.blocks.forEach((b, l) => {
      if (b.x > width || b.x + b.wide < 0) return
      const shares = values.weights(l, heads[l])
      const isOff = gone("attention", l) || (heads[l] < values.H && gone("head", l, heads[l]))
      if (shares && b.wide > 9) {
        g.globalAlpha = isOff ? 0.25 : 1
        const strong = `color-mix(in srgb, ${css.accent} 78%, transparent)`
        ribbons(g, shares, values.T, rows, b.from, b.to, hand, {
          strong: b.openness > 0.5 ? `color-mix(in srgb, ${css.value} 80%, transparent)` : strong,
          weak: `color-mix(in srgb, ${css.edge} 24%, transparent)`,
        })
        g.globalAlpha = 1
      }
      const neurons = b.wide > 60 ? picture(l, "hidden") : null
      if (neurons) {
        g.globalAlpha = gone("feedforward", l) ? 0.15 : 1
        rows.forEach(({ y, pitch }, t) =>
          strip(
            g,
            neurons,
            t,
            b.neurons,
            y,
            b.neuronsWide,
            Math.max(1.5, Math.min(b.openness > 0.5 ? 24 : 14, pitch - 5)),
          )
        )
        g.globalAlpha = 1
      }
      if (b.openness > 0.5) inside(b, l, rows, (b.openness - 0.5) * 2)
    })
    if (at.words < width - 20) fan(at, rows)
    g.restore()
    if (front < 1) {
      g.fillStyle = css.accent
      g.fillRect(end - 1, 0, 2, TOP + ROOM)
    }
    if (marked) marks(at, rows)
  }
  const fan = (at, rows) => {
    const next = data.next[hand], n = next.length + 1, y0 = rows[hand].y
    g.fillStyle = `color-mix(in srgb, ${colour.css.accent} 60%, transparent)`
    let from = y0 - 8
    next.forEach(([, share], i) => {
      const y = wordY(i, n), thick = Math.max(0.6, 20 * share)
      g.globalAlpha = i ? 0.45 : 1
      ribbon(g, at.fanFrom, from + 8 * share, at.words - 4, y - thick / 2, Math.max(0.5, 16 * share), thick)
      from += 16 * share
    })
    g.globalAlpha = 1
  }
  const wordY = (i, n) => TOP + (i + 0.5) * (ROOM / Math.max(13, n))
  const inside = (b, l, rows, alpha) => {
    if (!values.full(l)) return
    const { css } = colour, h = heads[l] % values.H
    g.globalAlpha = alpha
    for (const name of [...STRIPS, "query", "key", "value"]) {
      if (name === "hidden") continue // painted already
      const made = picture(l, name), { x, wide } = b.at(name)
      rows.forEach(({ y, pitch }, t) => {
        const vector = ["query", "key", "value"].includes(name)
        strip(g, made, t, x, y, wide, vector ? Math.max(1.5, Math.min(12, pitch - 6)) : stripHeight(pitch))
      })
    }
    for (const name of ["score", "weight"]) matrix(g, cells(l, h, name), rows, b.at(name).x, b.at(name).wide)
    for (const name of ["middle", "after"]) {
      const { x, wide } = b.at(name)
      rows.forEach(({ y }) => {
        const r = Math.min(6, wide / 2)
        g.fillStyle = css.card
        g.strokeStyle = css.soft
        g.lineWidth = 1.2
        g.beginPath()
        g.arc(x + wide / 2, y, r, 0, 7)
        g.fill()
        g.stroke()
        g.beginPath()
        g.moveTo(x + wide / 2 - r / 2, y)
        g.lineTo(x + wide / 2 + r / 2, y)
        g.moveTo(x + wide / 2, y - r / 2)
        g.lineTo(x + wide / 2, y + r / 2)
        g.stroke()
      })
    }
    g.globalAlpha = 1
  }

  // ------------------------------------------------------------------------------------ cells and their sources
  const grid = (name) => {
    const { head_size: D, n_hidden: N, n_channels: C } = data.config
    if (name === "score" || name === "weight") return { wide: values.T, high: 1, n: values.T }
    if (["query", "key", "value"].includes(name)) return { wide: D, high: 1, n: D }
    if (name === "hidden") return { wide: 64, high: Math.ceil(N / 64), n: N }
    if (name === "middle" || name === "after") return { wide: 1, high: 1, n: C }
    return { wide: D, high: Math.ceil(C / D), n: C }
  }
  const boxOf = (at, rows, { kind, layer, row, of }) => {
    const own = ["embedding", "final"].includes(kind) ? at[kind] : at.blocks[layer]?.at(kind)
    if (!own) return null
    const { wide, high } = grid(kind), { y, pitch } = rows[row]
    const tall = ["score", "weight"].includes(kind)
      ? Math.max(1, pitch - 2)
      : ["query", "key", "value"].includes(kind)
      ? Math.max(1.5, Math.min(12, pitch - 6))
      : stripHeight(pitch)
    if (of === null || kind === "middle" || kind === "after") {
      return { x: own.x - 1, y: y - tall / 2 - 1, wide: own.wide + 2, high: tall + 2 }
    }
    const column = of % wide, line = Math.floor(of / wide)
    return {
      x: own.x + column * own.wide / wide,
      y: y - tall / 2 + line * tall / high,
      wide: own.wide / wide,
      high: tall / high,
    }
  }
  /** What a number is computed from, as cells of the same picture. */
  const sourcesOf = ({ kind, layer, head, at, of }) => {
    const cell = (name, row, column = null) => ({ kind: name, layer, row, of: column })
    const D = data.config.head_size, everyone = Array.from({ length: at + 1 }, (_, j) => j)
    return ({
      query: () => [cell("attention_input", at)],
      key: () => [cell("attention_input", at)],
      value: () => [cell("attention_input", at)],
      score: () => [cell("query", at), cell("key", of)],
      weight: () => everyone.map((j) => cell("score", at, j)),
      mixed: () => [
        ...everyone.map((j) => cell("weight", at, j)),
        ...(head === Math.floor(of / D) ? everyone.map((j) => cell("value", j, of % D)) : []),
      ],
      attention_output: () => [cell("mixed", at)],
      middle: () => [cell("attention_output", at, of)],
      feedforward_input: () => [cell("middle", at)],
      hidden: () => [cell("feedforward_input", at)],
      feedforward_output: () => [cell("hidden", at)],
      after: () => [cell("middle", at), cell("feedforward_output", at, of)],
    }[kind] ?? (() => []))()
  }
  const marks = (at, rows) => {
    const { css } = colour
    const frame = (some, ink, thick) => {
      if (!some) return
      g.strokeStyle = ink
      g.lineWidth = thick
      g.strokeRect(some.x - 0.5, some.y - 0.5, Math.max(2, some.wide + 1), Math.max(2, some.high + 1))
    }
    for (const source of sourcesOf(marked)) frame(boxOf(at, rows, source), css.key, 1.4)
    frame(boxOf(at, rows, { ...marked, row: marked.at }), css.accent, 2)
  }
  const hit = (x, y) => {
    const at = read(flat, data.config.n_layers), row = laneAt(y, values.T, TOP, ROOM)
    if (y < TOP || y > TOP + ROOM) return null
    const rows = lanes(values.T, TOP, ROOM, hand)
    const find = (kind, layer, own) => {
      if (x < own.x || x >= own.x + own.wide) return null
      const { wide, high, n } = grid(kind), box = boxOf(at, rows, { kind, layer, row, of: null })
      const line = Math.max(0, Math.min(high - 1, Math.floor((y - box.y) / box.high * high)))
      const of = line * wide + Math.floor((x - own.x) / own.wide * wide)
      return of < n ? { kind, layer, head: layer === null ? 0 : heads[layer] % values.H, at: row, of } : null
    }
    if (at.embedding.wide > 20) {
      const found = find("embedding", null, at.embedding)
      if (found) return { ...found, layer: 0 }
    }
    if (at.final.wide > 20 && values.column(0, "final")) {
      const found = find("final", null, at.final)
      if (found) return { ...found, layer: 0 }
    }
    if (open < 0 || !values.full(open) || at.blocks[open].openness < 1) return null
    for (const name of ORDER) {
      const found = find(name, open, at.blocks[open].at(name))
      if (found) return found
    }
    return null
  }

  // ---------------------------------------------------------------------------------------------- what is said
  const say = (title, text, aloud = false) => {
    said.replaceChildren(element("b", { text: title }), title ? " " : "", text)
    if (aloud) speak(`${title} ${text}`)
  }
  const rest = () => {
    if (data.off.length && !place) {
      const now = data.next[values.T - 1][0], then = data.before?.[0]
      if (then) {
        return say(
          "",
          w("changed", { before: quote(then[0]), was: pct(then[1]), now: quote(now[0]), share: pct(now[1]) }),
        )
      }
    }
    say("", open >= 0 ? w("inside", { n: open + 1 }) : narrow() ? w("idle_narrow") : w("idle"))
  }
  const sayToken = (t, aloud = false) => {
    const [best, share] = data.next[t][0]
    say(
      quote(bare(t)),
      w(t + 1 < values.T ? "on_token" : "on_last", {
        n: num(data.tokens[t].id),
        all: num(data.config.n_vocab),
        best: quote(best),
        share: pct(share),
        next: t + 1 < values.T ? quote(bare(t + 1)) : "",
      }),
      aloud,
    )
  }
  const sayLens = (l, t) => {
    const [best, share] = data.lens[l][t][0], later = data.next[t][0][0], rank = data.rank[l][t]
    const name = l === 0 ? "lens_first" : rank === 1 ? "lens_same" : "lens_other"
    const push = data.shares && t === values.T - 1 && l > 0 ? ` ${w("pushes", { word: quote(data.shares.word) })}` : ""
    say(w("lens"), w(name, { n: l, best: quote(best), share: pct(share), later: quote(later), rank: num(rank) }) + push)
  }
  const sayCell = (cell, aloud = false) => {
    const { kind, layer, head, at, of } = cell, column = values.column(layer, kind, head)
    const n = grid(kind).n, ahead = ["score", "weight"].includes(kind) && of > at
    if (ahead) return say(w("mask"), w("on_mask", { token: quote(bare(at)), other: quote(bare(of)) }), aloud)
    const value = column ? column[at * n + of] : null
    say(
      w(`name_${kind}`),
      w(`on_${kind}`, {
        token: quote(bare(at)),
        other: kind === "score" || kind === "weight" ? quote(bare(of)) : "",
        value: kind === "weight" ? pct(value, 1) : num(value, Math.abs(value) < 10 ? 3 : 1),
        c: num(of + 1),
        n: num(n),
        channels: num(data.config.n_channels),
        head: head + 1,
        on: kind === "hidden" && values.nOn(layer, at) !== null ? num(values.nOn(layer, at)) : "",
      }),
      aloud,
    )
  }

  // ------------------------------------------------------------------------------------------------- overlays
  const gone = (...what) =>
    data.off.some((each) => each.every((part, i) => part === what[i]) && each.length === what.length)
  const toggle = (...what) => {
    const off = data.off.filter((each) => JSON.stringify(each) !== JSON.stringify(what))
    keep("off", off.length === data.off.length ? [...off, what] : off)
  }
  const put = (node, x, y, more = {}) => {
    Object.assign(node.style, { left: `${x}px`, top: `${y}px`, ...more })
    over.append(node)
    spots.push([node, x])
    return node
  }
  const at = (name, attributes, ...children) =>
    element(name, { ...attributes, class: `on ${attributes.class ?? ""}` }, ...children)
  const shapes = () => {
    const { n_heads: H, head_size: D, n_channels: C, n_hidden: N } = data.config, T = values.T
    const of = (letters, ...sizes) => [letters, sizes.map((n) => num(n)).join("×")]
    return {
      attention_input: of("T×C", T, C),
      query: of("H×T×D", H, T, D),
      key: of("H×T×D", data.config.n_kv_heads, T, D),
      value: of("H×T×D", data.config.n_kv_heads, T, D),
      score: of("H×T×T", H, T, T),
      weight: of("H×T×T", H, T, T),
      mixed: of("T×C", T, C),
      attention_output: of("T×C", T, C),
      feedforward_input: of("T×C", T, C),
      hidden: of("T×N", T, N),
      feedforward_output: of("T×C", T, C),
    }
  }
  const thumbSize = (wide) => Math.min(22, Math.floor((wide - 20) / (values.H + 1)) - 3)
  const headThumbs = (l, size) => {
    const group = element("div", { class: "heads", role: "radiogroup", "aria-label": w("heads_of", { n: l + 1 }) })
    const choose = (h) => {
      heads[l] = h
      build()
      draw()
      over.querySelectorAll(".heads")[spotOf(l)]?.querySelector("[aria-checked=true]")?.focus()
    }
    for (let h = 0; h <= values.H; h++) {
      const shares = values.weights(l, h)
      if (!shares) continue
      const name = h === values.H ? w("mean_of_heads") : w("head", { n: h + 1 })
      const button = element("button", {
        type: "button",
        role: "radio",
        "aria-checked": String(heads[l] === h),
        "aria-label": name,
        title: data.habits?.[l]?.[h] ?? name,
        class: h === values.H ? "mean" : gone("head", l, h) ? "out" : "",
        style: { width: `${size + 1}px`, height: `${size + 1}px` },
        tabindex: heads[l] === h ? 0 : -1,
        onclick: () => choose(h),
        onkeydown: (event) => {
          const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
          if (step) {
            event.preventDefault()
            choose((h + step + values.H + 1) % (values.H + 1))
          }
        },
      })
      if (h === values.H) button.append("Ø")
      else button.append(thumb(l, h, shares))
      button.addEventListener(
        "pointerenter",
        () => say(w("block", { n: l + 1 }), `${name}: ${data.habits?.[l]?.[h] ?? ""}`),
      )
      group.append(button)
    }
    return group
  }
  const spotOf = (l) => [...over.querySelectorAll(".heads")].findIndex((each) => each.dataset.layer === String(l))
  const thumb = (l, h, shares) => {
    const id = `thumb ${l} ${h}`
    if (!pictures.has(id)) pictures.set(id, painted(shares))
    return pictures.get(id)
  }
  const painted = (shares) => {
    const T = values.T, made = element("canvas", { width: T, height: T, "aria-hidden": "true" })
    const pen = made.getContext("2d"), image = pen.createImageData(T, T), { rgb } = colour
    for (let i = 0; i < T * T; i++) {
      const strength = shares[i] ** 0.7
      for (let c = 0; c < 3; c++) image.data[i * 4 + c] = rgb.card[c] + (rgb.accent[c] - rgb.card[c]) * strength
      image.data[i * 4 + 3] = 255
    }
    pen.putImageData(image, 0, 0)
    return made
  }
  const lensBox = (l, x, wide) => {
    const box = at("div", { class: "lens" })
    box.addEventListener("pointerenter", () => sayLens(l, hand))
    box.addEventListener("pointerleave", rest)
    const write = () => box.replaceChildren(...lens(l, wide))
    write()
    ofHand.push(write)
    return put(box, x, TOP + ROOM + 8, { width: `${wide}px` })
  }
  /** What the model would say after a block for the token in the hand. */
  const lens = (l, wide) => {
    const t = hand, few = wide < 88, found = []
    data.lens[l][t].slice(0, few ? 1 : 3).forEach(([text, share]) =>
      found.push(element(
        "div",
        {},
        element("span", { text: text.trim() ? text : visibleText(text) }), // a line break is a token, too
        wide > 72 ? element("b", { text: pct(share) }) : null,
      ))
    )
    const push = data.shares && t === values.T - 1 && wide > 130 ? data.shares.blocks[l - 1] : null
    const signed = (v) => (Math.abs(v) < 0.05 ? "" : v < 0 ? "−" : "+") + num(Math.abs(v), 1)
    if (push) {
      found.push(element(
        "small",
        {},
        element("b", {
          text: `Attention ${signed(push.attention)} · MLP ${signed(push.feedforward)}`,
        }),
      ))
    } else if (l > 0 && !few) {
      found.push(element("small", { text: w("rank", { word: quote(data.next[t][0][0]), n: num(data.rank[l][t]) }) }))
    }
    return found
  }
  /** The words that may come next, in a column of the picture or, on a narrow stage, in the list below it. */
  const words = (column) => {
    const next = data.next[hand], last = hand === values.T - 1, before = last ? data.before : null
    const n = next.length + 1, made = []
    let sum = 0
    next.forEach(([text, share, id], i) => {
      sum += share
      const was = before?.find((each) => each[2] === id)
      const button = element(
        "button",
        {
          type: "button",
          class: `word${i ? "" : " first"}${column ? " on" : ""}`,
          "aria-pressed": String(word === id),
          onclick: () => ask({ kind: "probability", layer: 0, head: 0, at: hand, of: id }),
        },
        element("span", { text: visibleText(text) }),
        element("b", {}, was ? element("del", { text: pct(was[1]) }) : null, pct(share)),
      )
      button.addEventListener(
        "pointerenter",
        () => say(quote(text), w("on_word", { share: pct(share, 1), token: quote(bare(hand)) })),
      )
      button.addEventListener("pointerleave", rest)
      if (column) put(button, column.x, wordY(i, n), { width: `${column.wide}px` })
      else list.append(button)
      made.push(button)
    })
    const others = element(
      "div",
      { class: `word rest${column ? " on" : ""}` },
      element("span", { text: w("others", { n: num(data.config.n_vocab - next.length) }) }),
      element("b", { text: pct(Math.max(0, 1 - sum)) }),
    )
    if (column) put(others, column.x, wordY(next.length, n), { width: `${column.wide}px` })
    else list.append(others)
    return [...made, others]
  }
  /** The tokens on their lanes: where they are many, those around the hand have more room. */
  const spread = (tokens) => {
    const rows = lanes(values.T, TOP, ROOM, hand)
    tokens.forEach((button, t) => {
      const { y, pitch } = rows[t]
      button.setAttribute("aria-pressed", String(t === hand))
      button.tabIndex = t === hand ? 0 : -1
      Object.assign(button.style, {
        top: `${y}px`,
        fontSize: `${Math.min(15.5, Math.max(7, pitch - 3))}px`,
        lineHeight: `${Math.min(22, Math.max(8, pitch - 1))}px`,
        opacity: pitch < 7 ? 0 : 1,
      })
    })
  }
  const build = () => {
    const where = read(target(), data.config.n_layers)
    const focused = root.getRootNode().activeElement?.dataset ?? {}
    over.replaceChildren()
    spots = []
    ofHand = []
    const { config } = data, slim = narrow()
    put(
      at(
        "div",
        { class: "head" },
        w("tokens"),
        element("small", { text: `T = ${values.T}` }),
        data.tokens[0].start ? element("small", { text: w("with_start") }) : null,
      ),
      0,
      6,
    )
    const room = slim ? 86 : open < 0 ? 112 : 96
    const tokens = data.tokens.map((token, t) => {
      const name = `tok${t === 0 && token.start ? " start" : ""}`
      const button = at("button", { type: "button", class: name, "data-t": t }, ...visible(token.text))
      put(button, 0, 0, { left: "auto", right: `${width - room - 6}px`, maxWidth: `${room}px` })
      spots[spots.length - 1][1] = 0
      return button
    })
    const lie = () => spread(tokens)
    lie()
    ofHand.push(lie)
    if (!slim && open < 0) {
      put(
        at(
          "div",
          { class: "head" },
          w("embedding"),
          element("small", { text: "T×C" }),
          element("small", { text: `${values.T}×${num(config.n_channels)}` }),
        ),
        where.embedding.x,
        6,
      )
      put(at("div", { class: "head" }, w("lens"), element("small", { text: "" })), 0, TOP + ROOM + 8)
      put(at("div", { class: "soft" }, w("lens_about")), 0, TOP + ROOM + 26, {
        width: "108px",
        whiteSpace: "normal",
        fontSize: "12.5px",
        lineHeight: "15px",
      })
      lensBox(0, where.embedding.x, where.embedding.wide + 8)
      if (values.column(0, "final")) {
        put(at("div", { class: "head" }, w("final"), element("small", { text: "T×C" })), where.final.x - 4, 6)
      }
    }
    const stride = Math.ceil(76 / ((where.blocks[0]?.wide ?? 0) + 3)) // narrow blocks share a lens
    where.blocks.forEach((b, l) => {
      if (b.x > width || b.x + b.wide < 0) return
      const far = b.wide < 56
      if (b.wide < 10) return
      const title = at("button", {
        type: "button",
        class: `title${far ? " far" : ""}`,
        text: far ? String(l + 1) : open === l ? w("shut", { n: l + 1 }) : w("block", { n: l + 1 }),
        "aria-expanded": String(open === l),
        "aria-label": open === l ? w("shut", { n: l + 1 }) : w("open", { n: l + 1 }),
        "data-block": l,
        disabled: slim,
        onclick: () => unfold(open === l ? -1 : l),
      })
      title.addEventListener(
        "pointerenter",
        () => say(w("block", { n: l + 1 }), w("on_block", { n: l + 1, all: config.n_layers, heads: config.n_heads })),
      )
      title.addEventListener("pointerleave", rest)
      put(title, b.x + (far ? Math.max(0, b.wide / 2 - 8) : 10), 8)
      if (thumbSize(b.wide) >= 13) {
        const thumbs = headThumbs(l, thumbSize(b.wide))
        thumbs.dataset.layer = l
        thumbs.classList.add("on")
        put(thumbs, b.x + 10, open === l ? 6 : 29, open === l ? { left: `${b.x + 190}px` } : {})
      }
      if (open === l) columns(b, l)
      else if (b.wide > 118) {
        const chosen = heads[l], isHead = chosen < values.H
        const offHead = isHead ? gone("head", l, chosen) : gone("attention", l)
        const parts = at(
          "div",
          { class: "parts" },
          element("button", {
            type: "button",
            "aria-pressed": String(!offHead),
            "data-switch": `attention ${l}`,
            title: w("switch"),
            text: isHead ? w("attention_head", { n: chosen + 1 }) : "Attention",
            onclick: () => isHead ? toggle("head", l, chosen) : toggle("attention", l),
          }),
          element("button", {
            type: "button",
            "aria-pressed": String(!gone("feedforward", l)),
            "data-switch": `mlp ${l}`,
            title: w("switch"),
            text: "MLP",
            onclick: () => toggle("feedforward", l),
          }),
        )
        parts.addEventListener("pointerover", () => say(w("switch"), w("on_switch")))
        parts.addEventListener("pointerleave", rest)
        put(parts, b.x + 6, 56, { width: `${b.wide - 8}px` })
      }
      if (open !== l && b.wide > 44) lensBox(l + 1, b.x + 8, b.wide - 14)
      else if (open < 0 && (config.n_layers - 1 - l) % stride === 0) {
        const wide = Math.min(stride * (b.wide + 3), b.x + b.wide) - 6
        lensBox(l + 1, b.x + b.wide - wide, wide)
      } else if (open === l) lensBox(l + 1, b.x + b.wide - 210, 200)
    })
    if (!slim) {
      put(
        at("div", { class: "head" }, w("next"), element("small", { text: `V = ${num(config.n_vocab)}` })),
        where.words,
        6,
        { maxWidth: `${where.wordsWide}px`, whiteSpace: "normal" },
      )
    }
    const column = slim ? null : { x: where.words, wide: where.wordsWide }
    list.replaceChildren()
    let follow = words(column)
    ofHand.push(() => {
      for (const node of follow) node.remove()
      spots = spots.filter(([node]) => !follow.includes(node))
      follow = words(column)
    })
    pager.hidden = !slim
    pager.replaceChildren(
      ...(slim
        ? where.blocks.map((_, l) =>
          element("button", {
            type: "button",
            class: "act",
            "aria-pressed": String(page === l),
            text: w("block", { n: l + 1 }),
            onclick: () => {
              page = l
              relayout()
            },
          })
        )
        : []),
    )
    shown()
    // What had the focus was made anew; nobody who works by keyboard may lose their place.
    const name = ["column", "t", "block", "switch"].find((each) => each in focused)
    if (name) over.querySelector(`[data-${name}="${focused[name]}"]`)?.focus({ preventScroll: true })
  }
  const columns = (b, l) => {
    const shape = shapes()
    for (const name of ORDER) {
      const own = b.at(name), sizes = shape[name]
      if (!sizes) continue
      const kind = ["query", "key", "value"].includes(name) ? name : name === "hidden" ? "neuron" : ""
      const high = ["attention_input", "attention_output", "feedforward_input", "feedforward_output", "mixed"].includes(
        name,
      )
      const button = element("button", {
        type: "button",
        "aria-label": `${w(`name_${name}`)}: ${w("matrix_keys")}`,
        "data-column": name,
        text: w(`short_${name}`),
      })
      button.addEventListener("keydown", (event) => {
        const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key]
        const { n } = grid(name),
          now = marked?.kind === name ? marked : { kind: name, layer: l, head: heads[l] % values.H, at: hand, of: 0 }
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault()
          ask(now)
        } else if (steps) {
          event.preventDefault()
          const row = Math.max(0, Math.min(values.T - 1, now.at + steps[0]))
          marked = { ...now, at: row, of: Math.max(0, Math.min(n - 1, now.of + steps[1])) }
          hold(row)
          sayCell(marked, true)
          draw()
        }
      })
      button.addEventListener("focus", () => {
        if (marked?.kind === name && marked.layer === l) return
        marked = { kind: name, layer: l, head: heads[l] % values.H, at: hand, of: 0 }
        sayCell(marked, true)
        draw()
      })
      const label = at(
        "div",
        { class: `column ${kind}` },
        button,
        element("small", { text: sizes[0] }),
        high ? null : element("small", { text: sizes[1] }),
      )
      const wide = Math.max(own.wide, 54)
      put(label, own.x + own.wide / 2 - wide / 2, 40, { width: `${wide}px` })
    }
  }
  /** Only what the front has reached is shown. */
  const shown = () => {
    const end = front * width
    for (const [node, x] of spots) node.style.visibility = x <= end || front >= 1 ? "" : "hidden"
    slider.value = String(Math.round(front * 1000))
  }
  const hold = (t) => {
    if (t === hand) return
    hand = t
    for (const follow of ofHand) follow() // what else stands there stays: painting it takes longer than a frame
    shown()
  }
  const unfold = (l) => {
    open = l
    marked = null
    if (l >= 0 && !values.full(l)) keep("open", l)
    relayout()
    over.querySelector(".title[aria-expanded=true]")?.focus()
  }
  const relayout = () => {
    const from = flat, to = target()
    build()
    rest()
    if (quiet() || from.length !== to.length) {
      flat = to
      return draw()
    }
    const began = performance.now()
    cancelAnimationFrame(move)
    const frame = (now) => {
      const share = Math.min(1, (now - began) / MOVE_MS), eased = 1 - (1 - share) ** 3
      flat = blend(from, to, eased)
      draw()
      if (share < 1) move = requestAnimationFrame(frame)
    }
    over.style.opacity = "0"
    setTimeout(() => over.style.opacity = "", MOVE_MS * 0.8)
    move = requestAnimationFrame(frame)
  }
  const ask = (cell) => {
    if (["score", "weight"].includes(cell.kind) && cell.of > cell.at) return
    place = cell
    word = cell.kind === "probability" ? cell.of : -1
    if (cell.kind !== "probability") marked = cell
    keep("cell", cell)
    showCell()
    build()
    draw()
  }

  // ------------------------------------------------------------------------------------------------- the cell
  const showCell = () => {
    panel.hidden = !place
    if (!place) return
    const close = element("button", {
      type: "button",
      class: "act",
      text: w("close"),
      onclick: () => {
        place = null
        word = -1
        marked = null
        keep("cell", null)
        showCell()
        rest()
        build()
        draw()
      },
    })
    const found = data.cell && JSON.stringify(data.cell.place) === JSON.stringify(place) ? data.cell : null
    if (!found) {
      return panel.replaceChildren(element("h3", {}, element("span", { text: w("computing") }), close))
    }
    const row = (name, value, last = false) =>
      element(
        "tr",
        { class: last ? "last" : null },
        element("th", { scope: "row", text: name }),
        element("td", { text: value }),
      )
    const terms = found.terms.length
      ? element(
        "table",
        {},
        element("caption", { class: "soft", text: found.terms_title }),
        ...found.terms.map(([name, left, right, product]) =>
          element(
            "tr",
            {},
            element("th", { scope: "row", text: name }),
            element("td", { text: `${left} × ${right} = ${product}` }),
          )
        ),
        found.more && row(found.more[0], found.more[1]),
      )
      : null
    const steps = element(
      "table",
      {},
      ...found.steps.map(([name, value], i) => row(name, value, i === found.steps.length - 1)),
      row(w("by_torch"), found.by_torch),
      row(w("apart"), found.apart),
    )
    panel.replaceChildren(
      element("h3", {}, element("span", { text: found.title }), close),
      element("p", { class: "formula", text: found.formula }),
      element("div", { class: "sums" }, terms ?? element("div"), steps),
      element("p", {
        class: found.same ? "same" : "other",
        role: "status",
        text: found.same ? w("same") : w("different"),
      }),
    )
  }
  const showOffs = () => {
    offs.hidden = !data.off.length
    if (!data.off.length) return
    const names = data.off.map(([kind, l, h]) =>
      kind === "head"
        ? w("off_head", { n: l + 1, h: h + 1 })
        : kind === "attention"
        ? w("off_attention", { n: l + 1 })
        : w("off_mlp", { n: l + 1 })
    )
    offs.replaceChildren(
      element("span", {}, element("b", { text: `${w("off")} ` }), names.join(", ")),
      element("button", { type: "button", class: "act", text: w("all_on"), onclick: () => keep("off", []) }),
    )
  }

  // ---------------------------------------------------------------------------------------------- hand and time
  stage.addEventListener("pointermove", (event) => {
    if (!data || event.target.closest(".on:not(.tok)")) return
    const box = stage.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top
    if (y < TOP || y > TOP + ROOM) return
    const before = JSON.stringify([hand, marked])
    hold(laneAt(y, values.T, TOP, ROOM))
    const cell = hit(x, y)
    if (cell) {
      marked = cell
      sayCell(cell)
    } else {
      if (place && place.kind !== "probability") marked = place
      else marked = null
      sayRibbonOrToken(x)
    }
    canvas.style.cursor = cell ? "crosshair" : "default"
    if (JSON.stringify([hand, marked]) !== before) draw()
  })
  const sayRibbonOrToken = (x) => {
    const at = read(flat, data.config.n_layers)
    const l = at.blocks.findIndex((b) => x >= b.x && x < b.x + b.wide)
    if (l < 0) return sayToken(hand)
    const b = at.blocks[l], on = values.nOn(l, hand)
    if (b.openness < 0.5 && x >= b.neurons && on !== null) {
      return say(
        "MLP",
        w("on_mlp", { token: quote(bare(hand)), on: num(on), n: num(data.config.n_hidden), block: l + 1 }),
      )
    }
    const shares = values.weights(l, heads[l])
    if (!shares) return sayToken(hand)
    const most = Array.from({ length: hand + 1 }, (_, j) => [shares[hand * values.T + j], j]).sort((a, c) =>
      c[0] - a[0]
    ).slice(0, 3)
    say(
      "Attention",
      w("on_attention", {
        block: l + 1,
        head: heads[l] === values.H ? w("mean_of_heads") : w("head", { n: heads[l] + 1 }),
        token: quote(bare(hand)),
        sources: most.filter(([s]) => s > 0.01).map(([s, j]) => `${quote(bare(j))} (${pct(s)})`).join(", "),
      }),
    )
  }
  stage.addEventListener("pointerleave", () => {
    hold(pinned)
    marked = place && place.kind !== "probability" ? place : null
    rest()
    draw()
  })
  stage.addEventListener("click", (event) => {
    const token = event.target.closest(".tok")
    if (token) {
      pinned = Number(token.dataset.t)
      hold(pinned)
      sayToken(pinned, true)
      build()
      return draw()
    }
    if (event.target.closest(".on")) return
    const box = stage.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top
    const cell = hit(x, y)
    if (cell) return ask(cell)
    const l = read(flat, data.config.n_layers).blocks.findIndex((b) => x >= b.x && x < b.x + b.wide)
    if (l >= 0 && l !== open && !narrow()) unfold(l)
  })
  over.addEventListener("keydown", (event) => {
    if (!event.target.closest(".tok")) return
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key]
    if (!step) return
    event.preventDefault()
    pinned = Math.max(0, Math.min(values.T - 1, hand + step))
    hold(pinned)
    sayToken(pinned, true)
    draw()
    over.querySelector(`[data-t="${pinned}"]`)?.focus()
  })
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && open >= 0) unfold(-1)
  })
  const stations = () => {
    const where = read(target(), data.config.n_layers), n = data.config.n_layers
    const all = [
      [where.embedding.x - 10, "tokens", w("tokens"), () => w("at_tokens", { n: values.T })],
      [
        where.embedding.x + where.embedding.wide + 8,
        "embedding",
        w("embedding"),
        () => w("at_embedding", { channels: num(data.config.n_channels) }),
      ],
    ]
    where.blocks.forEach((b, l) => {
      all.push([b.x + b.wide * 0.52, "attention", w("block", { n: l + 1 }), () => {
        const shares = values.weights(l, heads[l]), t = values.T - 1
        let most = 0
        for (let j = 0; j <= t; j++) if (shares && shares[t * values.T + j] > shares[t * values.T + most]) most = j
        return w("at_attention", {
          token: quote(bare(t)),
          other: quote(bare(most)),
          share: shares ? pct(shares[t * values.T + most]) : "",
        })
      }])
      all.push([b.x + b.wide + 2, "mlp", w("block", { n: l + 1 }), () => {
        const [best, share] = data.lens[l + 1][values.T - 1][0]
        return w(l + 1 < n ? "at_mlp" : "at_last_mlp", { best: quote(best), share: pct(share) })
      }])
    })
    all.push([width, "words", w("next"), () => w("at_words", { n: num(data.config.n_vocab) })])
    return all
  }
  const goTo = (share) => {
    front = Math.max(0, Math.min(1, share))
    shown()
    draw()
    const station = stations().find(([x]) => front * width <= x + 1)
    if (station && front < 1) say(station[2], station[3]())
    else if (front >= 1) rest()
  }
  const stop = () => {
    cancelAnimationFrame(clock)
    clock = 0
    play.textContent = w("play")
  }
  const start = () => {
    if (open >= 0) unfold(-1)
    hold(values.T - 1)
    if (front >= 1) front = 0
    play.textContent = w("pause")
    let last = performance.now()
    const frame = (now) => {
      if (!document.hidden) goTo(front + (now - last) / PLAY_MS)
      last = now
      if (front >= 1) return stop()
      clock = requestAnimationFrame(frame)
    }
    clock = requestAnimationFrame(frame)
  }
  play.addEventListener("click", () => clock ? stop() : start())
  const jump = (step) => {
    stop()
    hold(values.T - 1)
    const ends = stations().map(([x]) => x / width), now = ends.findIndex((x) => front <= x + 1e-3)
    goTo(ends[Math.max(0, Math.min(ends.length - 1, now + step))])
    speak(said.textContent)
  }
  back.addEventListener("click", () => jump(-1))
  onward.addEventListener("click", () => jump(1))
  slider.addEventListener("input", () => {
    stop()
    hold(values.T - 1)
    goTo(Number(slider.value) / 1000)
  })

  const look = () => {
    if (!data) return
    const fresh = palette(colours(stage)), same = colour && JSON.stringify(fresh.css) === JSON.stringify(colour.css)
    if (!same) pictures.clear()
    colour = fresh
    const wide = Math.floor(root.clientWidth)
    if (wide !== width || !same) {
      width = wide
      ROOM = roomFor(values.T)
      stage.style.height = `${height()}px`
      flat = target()
      build()
    }
    draw()
  }
  const endLook = onLook(root, look)
  let playedFor = ""

  return {
    /** What goes home as CSV: for every token what may come next, and the attention of every head. */
    *numbers() {
      const name = (t) => `${t + 1} ${bare(t)}`
      for (let t = 0; t < values.T; t++) {
        for (const [text, share] of data.next[t]) yield ["next token", name(t), text, String(share)]
      }
      for (let l = 0; l < data.config.n_layers; l++) {
        for (let h = 0; h < values.H; h++) {
          const shares = values.weights(l, h)
          for (let t = 0; shares && t < values.T; t++) {
            for (let s = 0; s <= t; s++) {
              yield [`attention, block ${l + 1}, head ${h + 1}`, name(t), name(s), shares[t * values.T + s].toFixed(4)]
            }
          }
        }
      }
    },
    update(next) {
      const fresh = JSON.stringify([next.id, next.off, next.lang])
      const isOther = !data || next.id !== data.id
      data = next
      if (fresh !== drawn || next.bytes_of !== data.bytes_of) {
        drawn = fresh
        values = glassValues(data)
        pictures.clear()
        if (isOther) {
          heads = [...data.heads]
          hand = pinned = values.T - 1
          if (open >= data.config.n_layers) open = -1
          page = Math.min(page, data.config.n_layers - 1)
          marked = null
          front = 1
        }
      } else if (open >= 0 && !values.full(open)) {
        values = glassValues(data)
        pictures.clear()
      }
      place = data.chosen ?? null
      word = place?.kind === "probability" ? place.of : -1
      stage.setAttribute("aria-label", w("label"))
      slider.setAttribute("aria-label", w("front"))
      back.setAttribute("aria-label", w("back"))
      onward.setAttribute("aria-label", w("onward"))
      if (!clock) play.textContent = w("play")
      colour = palette(colours(stage))
      width = Math.floor(root.clientWidth)
      ROOM = roomFor(values.T)
      stage.style.height = `${height()}px`
      flat = target()
      build()
      showCell()
      showOffs()
      rest()
      draw()
      if (data.play && playedFor !== data.id && !quiet()) {
        playedFor = data.id
        start()
      }
    },
    destroy() {
      stop()
      speak.stop()
      endLook()
    },
  }
})
