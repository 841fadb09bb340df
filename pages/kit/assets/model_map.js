// The model as a picture with a sentence passing through it: one lane per token, from its id to the next word.
// Everything drawn comes from one forward pass. The active token shows what it looks at and what would follow it.
import {
  channels,
  colours,
  component,
  element,
  fill,
  handToken,
  onHandToken,
  onLook,
  percent,
  quoted,
  shape,
  visibleText,
} from "./kit.js"
import { playing } from "./playing.js"

const CSS = `
.map { display: flex; align-items: stretch; gap: 14px; --row: 29px; }
.col { min-width: 0; display: flex; flex-direction: column; animation: arrive .45s ease-out both; animation-delay: calc(var(--n) * .28s); }
@keyframes arrive { from { clip-path: inset(0 100% 0 0); } to { clip-path: inset(0 -20px -20px -20px); } }
.part { border: 0; background: none; border-radius: 6px; padding: 2px 4px; text-align: left; min-height: 54px; display: flex; flex-direction: column; justify-content: flex-end; }
.part b { font: 600 14px/1.2 var(--sans); width: max-content; max-width: 100%; border-bottom: 1px dotted var(--soft); } .part { cursor: pointer; } .part small { font: 12px/1.3 var(--sans); color: var(--soft); }
.part[aria-pressed=true], .part:hover { background: var(--accent-soft); }
.rows { display: grid; grid-auto-rows: var(--row); align-items: center; margin-top: 4px; }
.rows > * { min-width: 0; height: var(--row); display: flex; align-items: center; border-radius: 4px; }
.rows .hand { background: var(--accent-soft); }
.map > .col { padding-top: 21px; }
.under { font: 12px/1.3 var(--sans); color: var(--soft); margin: 4px 4px 0; }
.tokens { flex: 0 1 auto; } .tokens .rows > * { gap: 8px; justify-content: space-between; padding: 0 6px; cursor: pointer; border: 1px solid var(--edge); border-radius: 6px; background: var(--card); width: 100%; text-align: left; height: calc(var(--row) - 4px); }
.tokens .rows button:hover, .tokens .rows .hand { border-color: var(--accent); background: var(--accent-soft); }
.tokens .rows b { font: 400 17px/1.2 var(--serif); white-space: nowrap; overflow: hidden; text-overflow: ellipsis; max-width: 130px; } .tokens .rows .hand b { font-weight: 600; }
.tokens .rows .start { border-style: dashed; background: color-mix(in srgb, var(--line) 45%, var(--card)); } .tokens .rows .start b { font: 14px/1.2 var(--sans); color: var(--soft); } .tokens .under { width: 0; min-width: calc(100% - 8px); }
.tokens .rows small { font: 12px var(--mono); color: var(--soft); }
.vector { flex: 0 1 118px; } .vector canvas { width: 100%; height: 15px; image-rendering: pixelated; border-radius: 2px; }
.turn { flex: 0 0 78px; } .turn .rows > * { gap: 6px; } .turn svg { width: 20px; height: 20px; flex: none; } .turn .rows span { font: 12px var(--mono); color: var(--soft); }
.block { position: relative; isolation: isolate; flex: 1 1 auto; display: flex; gap: 14px; border: 1.5px solid var(--line); border-radius: 10px; padding: 20px 12px 8px; background: var(--card); margin: 0 calc(var(--pile) * 4px) calc(var(--pile) * 4px) 0; }
.block > i { position: absolute; inset: 0; border: 1.5px solid var(--line); border-radius: 10px; background: var(--card); transform: translate(calc(var(--p) * 4px), calc(var(--p) * 4px)); z-index: calc(-1 * var(--p)); }
.block > .times { position: absolute; top: 4px; left: 14px; font: 600 13px/1.2 var(--sans); color: var(--accent); white-space: nowrap; }
.attention { flex: 1 1 150px; position: relative; } .attention .lines { position: relative; display: block; } .attention svg { display: block; width: 100%; overflow: visible; }
.attention .share { position: absolute; left: 14px; font: 12px/16px var(--mono); color: var(--key); background: color-mix(in srgb, var(--card) 80%, transparent); padding: 0 3px; border-radius: 3px; }
.attention path { fill: none; vector-effect: non-scaling-stroke; stroke: var(--query); stroke-linecap: round; transition: opacity .15s; }
.guess { flex: 0 1 300px; min-width: 190px; } .guess .heads { display: flex; gap: 6px; } .guess .part { min-height: 24px; }
.guess .rows > * { display: grid; grid-template-columns: minmax(64px, 42%) 1fr 46px; gap: 8px; align-items: center; padding: 0 4px; }
.guess .rows b { font: 400 17px/1.2 var(--serif); white-space: nowrap; overflow: hidden; text-overflow: ellipsis; color: var(--accent); } .guess .rows > :first-child b { font-weight: 600; }
.guess .rows i { display: block; height: 12px; border-radius: 0 3px 3px 0; background: var(--accent); width: max(2px, calc(var(--share) * 100%)); transition: width .25s; }
.guess .rows span { font: 13px var(--mono); text-align: right; font-variant-numeric: tabular-nums; }
.said { margin: 2px 4px 0; font: 14px/20px var(--sans); min-height: 20px; }
.guess .rest b { color: var(--soft); font: 13px/1.2 var(--sans); } .guess .rest i { background: var(--edge); }
.flow { font: 12px/1.2 var(--mono); color: var(--soft); margin-left: 4px; }
.areas { margin: 10px 0 0; font-size: 13px; color: var(--soft); } .areas div { display: flex; height: 20px; border-radius: 4px; overflow: hidden; gap: 1px; margin-top: 3px; }
.areas i { display: block; flex: var(--each) 1 0; min-width: 2px; font: 12px/20px var(--sans); padding: 0 6px; overflow: hidden; white-space: nowrap; color: var(--ink); transition: flex .3s;
  background: color-mix(in srgb, var(--tint) 26%, var(--card)); border-bottom: 3px solid var(--tint); }
.about { margin: 0 0 12px; padding: 7px 14px; border-left: 3px solid var(--accent); min-height: 48px; font-size: 15px; line-height: 1.4; background: var(--accent-soft); border-radius: 0 8px 8px 0; }
@media (max-width: 760px) { .about em { display: none; } } .about b { font: 600 16px/1.4 var(--sans); margin-right: 6px; } .about em { font-style: normal; } .about span { font: 13px var(--mono); color: var(--soft); display: block; overflow-wrap: anywhere; }
@media (max-width: 760px) {
  .map { flex-wrap: wrap; gap: 6px 8px; --row: 24px; } .block { flex: 1 1 0; min-width: 0; padding: 38px 6px 6px; gap: 8px; } .block > .times { white-space: normal; left: 8px; right: 4px; } .map > .col { padding-top: 39px; } .map > .guess { padding-top: 0; }
  .part { padding: 2px; min-height: 24px; } .part b { font-size: 13px; } .part small, .under, .turn, .after { display: none; }
  .vector { flex: 0 0 66px; } .vector .part { padding: 2px 0; } .vector .part b { font-size: 12px; } .tokens .rows b { max-width: 76px; font-size: 15px; } .tokens .rows > * { padding: 0 2px; gap: 5px; } .guess { flex: 1 1 100%; } .attention { flex: 1 1 60px; }
  .areas i { padding: 0 2px; }
}
`
const PILED = 4 // sheets drawn behind the block
const TOLD = 0.05 // from this share of attention, a number is shown next to the line
const WIDEST = 9 // pixel width of a line carrying all of a token's attention
const TINTS = {
  embedding: "var(--key)",
  positions: "var(--valid)",
  attention: "var(--query)",
  feedforward: "var(--value)",
  unembedding: "var(--key)",
}

export default component(CSS, (root) => {
  const map = element("div", { class: "map", role: "group" })
  const areas = element("div", { class: "areas" })
  const about = element("div", { class: "about", role: "status" })
  root.append(about, map, areas)
  let data, chosen = "", hand = 0, pinned = -1, drawn = "", lines = null, guesses = null, strips = []

  const spec = (name) => data.parts.find((part) => part.name === name)
  const explain = (part) =>
    about.replaceChildren(element("b", { text: part.title }), part.note, element("span", { text: part.detail }))
  const rest = () => {
    if (spec(chosen)) explain(spec(chosen))
    else if (pinned >= 0) tell(pinned)
    else {about.replaceChildren(
        element("b", { text: data.words.invite || data.words.total }),
        data.words.hint,
        element("em", { text: ` ${data.words.headings}` }),
      )}
  }
  const press = () =>
    map.querySelectorAll(".part").forEach((each) =>
      each.setAttribute("aria-pressed", String(each.dataset.name === chosen))
    )
  const part = (name, below = "") => {
    const own = spec(name)
    const button = element(
      "button",
      { type: "button", class: "part", "data-name": name, "aria-pressed": String(chosen === name) },
      element("b", { text: below || own.title }),
      below && element("small", { text: own.title }),
    )
    button.addEventListener("pointerenter", () => explain(own))
    button.addEventListener("focus", () => explain(own))
    button.addEventListener("click", () => {
      chosen = chosen === name ? "" : name
      pinned = -1
      press()
      rest()
    })
    return button
  }
  const flow = (n) =>
    data.flows[n] && element("div", { class: "flow", text: `${data.flows[n].letters} = ${data.flows[n].sizes}` })
  const column = (kind, n, ...children) =>
    element("section", { class: `col ${kind}`, style: { "--n": n } }, ...children.filter(Boolean))

  const lanes = () => data.passage?.lanes ?? []
  const more = () => (data.passage?.n_before ? 1 : 0) // the row for the tokens that are not shown
  /** One row for each token; `make` fills it. */
  const rows = (make, before = "") =>
    element(
      "div",
      { class: "rows" },
      more() ? element("div", {}, before && element("small", { text: before })) : null,
      ...lanes().map((lane, i) => {
        const row = make(lane, i)
        row.dataset.lane = i
        return row
      }),
    )
  const strip = (numbers) => {
    const canvas = element("canvas", { width: numbers.length, height: 1, "aria-hidden": "true" })
    strips.push({ canvas, numbers })
    return element("div", {}, canvas)
  }
  const paint = () => {
    if (!strips.length) return
    const colour = colours(root), [none, more_, less] = ["card", "query", "key"].map((name) => channels(colour(name)))
    for (const { canvas, numbers } of strips) {
      const image = new ImageData(numbers.length, 1)
      numbers.forEach((x, i) => {
        const end = x < 0 ? less : more_, share = Math.sqrt(Math.abs(x))
        for (let c = 0; c < 3; c++) image.data[4 * i + c] = none[c] + (end[c] - none[c]) * share
        image.data[4 * i + 3] = 255
      })
      canvas.getContext("2d").putImageData(image, 0, 0)
    }
  }

  /** RoPE as it works: the first pair of numbers rotates by one radian per token. */
  const dial = (position) => {
    const angle = position - Math.PI / 2
    return shape(
      "svg",
      { viewBox: "-10 -10 20 20", "aria-hidden": "true" },
      shape("circle", { r: 8.5, fill: "none", stroke: "var(--line)", "stroke-width": 1.5 }),
      shape("path", {
        d: `M0 0L${(7.5 * Math.cos(angle)).toFixed(2)} ${(7.5 * Math.sin(angle)).toFixed(2)}`,
        stroke: "var(--valid)",
        "stroke-width": 2,
        "stroke-linecap": "round",
      }),
    )
  }

  const drawLines = () => {
    if (!lines) return
    const height = parseFloat(getComputedStyle(map).getPropertyValue("--row")) || 27, n = lanes().length + more()
    const y = (row) => (row + 0.5) * height
    const svg = shape("svg", {
      viewBox: `0 0 100 ${n * height}`,
      preserveAspectRatio: "none",
      height: n * height,
      "aria-hidden": "true",
    })
    const told = []
    data.passage.weights.forEach((weights, i) =>
      weights.forEach((share, j) => {
        if (j > i + more() || share < 0.01) return
        const mine = i === hand
        svg.append(
          shape("path", {
            d: `M0 ${y(j)}C50 ${y(j)} 50 ${y(i + more())} 100 ${y(i + more())}`,
            "stroke-width": (1 + (WIDEST - 1) * share).toFixed(2),
            opacity: mine ? 0.85 : 0.1,
          }),
        )
        if (mine && share >= TOLD) {
          told.push(
            element("span", { class: "share", text: percent(share, data.lang), style: { top: `${y(j) - 24}px` } }),
          )
        }
      })
    )
    lines.replaceChildren(svg, ...told)
  }
  const drawGuesses = () => {
    if (!guesses) return
    const lane = lanes()[hand]
    guesses.said.textContent = fill(data.words.guess, { token: visibleText(lane.word) })
    const bar = (text, share, kind) =>
      element(
        "div",
        { class: kind },
        element("b", { text }),
        element("i", { style: { "--share": share / top } }),
        element("span", { text: percent(share, data.lang) }),
      )
    const others = Math.max(0, 1 - lane.guesses.reduce((sum, each) => sum + each.probability, 0))
    const top = Math.max(others, ...lane.guesses.map((each) => each.probability))
    guesses.rows.replaceChildren(
      ...lane.guesses.map((each) => bar(visibleText(each.text), each.probability)),
      bar(data.words.others, others, "rest"),
    )
  }
  const hold = (lane, from = "here") => {
    if (!lanes().length) return
    hand = Math.min(lanes().length - 1, Math.max(0, lane))
    map.querySelectorAll("[data-lane]").forEach((row) =>
      row.classList.toggle("hand", Number(row.dataset.lane) === hand)
    )
    drawLines()
    drawGuesses()
    if (from === "here") handToken(data.group, lanes()[hand].position, root)
  }
  const last = () => lanes().length - 1
  const resting = () => pinned < 0 ? last() : pinned
  const shown = (text) => visibleText(text).trim().replace(/^·/, "")
  /** What a token looks back at and what would follow, in a sentence. */
  const tell = (lane) => {
    const weights = data.passage.weights[lane], most = weights.indexOf(Math.max(...weights))
    const other = most < more() ? data.words.before : shown(lanes()[most - more()].text),
      best = lanes()[lane].guesses[0]
    about.replaceChildren(
      element("b", { text: quoted(shown(lanes()[lane].text), data.lang) }),
      fill(data.words.attends, { other, share: percent(weights[most], data.lang) }),
      " ",
      best
        ? fill(data.words.follows, { word: visibleText(best.text), share: percent(best.probability, data.lang) })
        : "",
    )
  }
  const held = (event) => event.target.closest("[data-lane]")
  for (const kind of ["pointerover", "focusin"]) {
    map.addEventListener(kind, (event) => {
      const row = held(event)
      if (row) {
        hold(Number(row.dataset.lane))
        tell(hand)
      }
    })
  }
  map.addEventListener("click", (event) => {
    const row = held(event)
    if (!row) return
    pinned = Number(row.dataset.lane) // it stays until another is clicked
    chosen = ""
    press()
    hold(pinned)
    rest()
  })
  map.addEventListener("pointerleave", () => {
    rest()
    hold(resting(), "there")
    handToken(data.group, null, root)
  })
  const endHand = onHandToken(({ group, token, from }) => {
    if (!data || group !== data.group || from === root || !lanes().length) return
    const lane = lanes().findIndex((each) => each.position === token)
    hold(lane < 0 ? resting() : lane, "there")
  })

  const build = () => {
    const words = data.words, real = Boolean(data.passage)
    strips = []
    lines = guesses = null
    let n = 0
    const tokens = column(
      "tokens",
      n++,
      part("tokens", spec("tokens").plain),
      real && rows((lane) =>
        element(
          "button",
          { type: "button", class: lane.position ? null : "start" },
          element("b", { text: visibleText(lane.text).replace(/^·/, "") }),
          element("small", { text: lane.id }),
        ), words.before),
      lanes()[0]?.position === 0 && element("p", { class: "under", text: words.start }),
      flow(0),
    )
    const vector = column(
      "vector",
      n++,
      part("embedding", spec("embedding").plain),
      real && rows((lane) => strip(lane.vector)),
      real && element("p", { class: "under", text: words.vector }),
      flow(1),
    )
    const turn = column(
      "turn",
      n++,
      part("positions", spec("positions").plain),
      real &&
        rows((lane) =>
          element("div", {}, data.rotary ? dial(lane.position) : null, element("span", { text: lane.position }))
        ),
      real && data.rotary && element("p", { class: "under", text: words.place }),
    )
    lines = real ? element("div", { class: "lines" }) : null
    const attention = column(
      "attention",
      n++,
      part("attention", spec("attention").plain),
      lines && element("div", { style: { "margin-top": "4px" } }, lines),
      real && element("p", { class: "under", text: words.head }),
      flow(2),
    )
    const feedforward = column(
      "vector after",
      n++,
      part("feedforward", spec("feedforward").plain),
      real && rows((lane) => strip(lane.after)),
      real && element("p", { class: "under", text: words.after }),
      flow(3),
    )
    const piled = Math.min(PILED, data.n_layers - 1)
    const block = element(
      "div",
      { class: "block", style: { "--pile": piled } },
      element("span", { class: "times", text: words.blocks }),
      data.rotary ? turn : null,
      attention,
      feedforward,
    )
    for (let p = piled; p > 0; p--) block.prepend(element("i", { "aria-hidden": "true", style: { "--p": p } }))
    if (real) guesses = { said: element("p", { class: "said" }), rows: element("div", { class: "rows" }) }
    const guess = column(
      "guess",
      n++,
      element(
        "div",
        { class: "heads" },
        part("unembedding", spec("unembedding").plain),
        part("probabilities", spec("probabilities").plain),
      ),
      guesses?.said,
      guesses?.rows,
      words.unlearned && element("p", { class: "under", text: words.unlearned }),
      flow(4),
    )
    map.setAttribute("aria-label", words.label)
    map.replaceChildren(...[tokens, vector, data.rotary ? null : turn, block, guess].filter(Boolean))
    areas.replaceChildren(
      words.areas,
      element(
        "div",
        { "aria-hidden": "true" },
        ...data.parts.filter((each) => each.each).map((each) => {
          const count = each.each * (each.name === "attention" || each.name === "feedforward" ? data.n_layers : 1)
          return element("i", {
            text: `${each.title} ${each.shown}`,
            style: { "--each": count, "--tint": TINTS[each.name] },
          })
        }),
      ),
    )
  }
  const player = playing(root, () => {
    const at = data.parts.findIndex((each) => each.name === chosen) + 1
    chosen = data.parts[at]?.name ?? ""
    press()
    rest()
    if (lanes().length) hold((hand + 1) % lanes().length)
  }, 3200)
  root.append(player.button)
  const endLook = onLook(root, () => {
    if (data) {
      paint()
      drawLines()
    }
  })

  return {
    update(next) {
      data = next
      const signature = JSON.stringify([data.parts, data.passage, data.words, data.flows])
      if (signature !== drawn) {
        drawn = signature
        hand = Math.max(0, last())
        pinned = -1
        build()
        paint()
        hold(hand, "there")
      }
      player.set(Boolean(data.play), data.words)
      about.setAttribute("aria-live", data.play ? "off" : "polite")
      rest()
    },
    destroy() {
      player.stop()
      endHand()
      endLook()
    },
  }
})
