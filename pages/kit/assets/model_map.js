// The model as a picture: its parts as areas of their parameters, and the shapes that flow between them.
import { component, element, fill, number, percent } from "./kit.js"
import { playing } from "./playing.js"

const CSS = `
.map { display: flex; align-items: center; gap: 0; }
.part { display: flex; flex-direction: column; align-items: center; justify-content: flex-end; border: 0; background: none; padding: 6px 4px; border-radius: 8px; text-align: center; min-width: 64px; gap: 4px; }
.part .square { flex: 0 0 auto; border-radius: 4px; background: var(--accent); width: var(--side); height: var(--side); min-width: 6px; min-height: 6px; transition: width .25s, height .25s; }
.part .none { width: 26px; height: 26px; background: none; border: 1.5px dashed var(--soft); }
.part small { max-width: 118px; }
.part b { font: 600 14px/1.25 var(--sans); } .part small { font: 12px/1.3 var(--mono); color: var(--soft); }
.part[aria-pressed=true], .part:hover { background: var(--accent-soft); }
.flow { flex: 1 1 24px; min-width: 46px; text-align: center; font: 12px/1.25 var(--mono); color: var(--soft); padding: 0 2px; }
.flow::after { content: ""; display: block; height: 9px; margin-top: 3px; background:
  linear-gradient(var(--soft), var(--soft)) left center / calc(100% - 5px) 1.4px no-repeat; clip-path: none; border-right: 0; position: relative; }
.flow .head { display: block; position: relative; height: 0; } .flow .head::after { content: ""; position: absolute; right: 0; top: 3px; border: 4.5px solid transparent; border-left: 7px solid var(--soft); border-right: 0; }
.block { position: relative; flex: 0 1 auto; border: 1.5px solid var(--line); border-radius: 10px; padding: 26px 8px 8px; background: var(--card);
  display: flex; align-items: center; margin: 0 calc(var(--pile) * 5px) calc(var(--pile) * 5px) 0; }
.block i { position: absolute; inset: 0; border: 1.5px solid var(--line); border-radius: 10px; background: var(--card); transform: translate(calc(var(--n) * 5px), calc(var(--n) * 5px)); z-index: calc(-1 * var(--n)); }
.block > .times { position: absolute; top: 5px; left: 12px; font-size: 13px; color: var(--soft); white-space: nowrap; }
.stack { isolation: isolate; display: flex; }
.about { margin: 12px 0 0; padding: 10px 14px; border-left: 3px solid var(--accent); min-height: 74px; background: var(--accent-soft); border-radius: 0 8px 8px 0; }
.about b { font: 600 16px var(--serif); display: block; } .about span { font: 13px var(--mono); color: var(--soft); display: block; overflow-wrap: anywhere; }
@media (max-width: 900px) {
  .map { flex-direction: column; } .block { flex-wrap: wrap; justify-content: center; } .flow { flex: 0 0 auto; width: 100%; }
  .flow::after { height: 14px; width: 1.4px; margin: 2px auto 0; background: var(--soft); }
  .flow .head { display: none; } .block .flow { width: auto; } .block .flow::after { display: none; }
}
`
const LARGEST = 108   // pixels: the side of the largest part's square
const PILED = 5       // sheets drawn behind the first block

export default component(CSS, (root) => {
  const map = element("div", { class: "map", role: "group" })
  const about = element("div", { class: "about", role: "status" })
  root.append(map, about)
  let data, chosen = ""

  const part = (spec, largest) => {
    const side = LARGEST * Math.sqrt(spec.each / largest)
    const button = element("button", { type: "button", class: "part", "aria-pressed": String(chosen === spec.name), style: { "--side": `${side.toFixed(1)}px` } },
      element("span", { class: spec.each ? "square" : "square none", "aria-hidden": "true" }),
      element("b", { text: spec.title }), element("small", { text: spec.each ? spec.shown : spec.none ?? "" }))
    const tell = () => explain(spec)
    button.addEventListener("pointerenter", tell)
    button.addEventListener("focus", tell)
    button.addEventListener("click", () => {
      chosen = spec.name
      for (const each of map.querySelectorAll(".part")) each.setAttribute("aria-pressed", String(each === button))
      tell()
    })
    return button
  }
  const explain = (spec) => {
    about.replaceChildren(element("b", { text: spec.title }), spec.note, element("span", { text: spec.detail }))
  }
  const flow = ({ letters, sizes }) => element("div", { class: "flow" }, element("div", { text: sizes }), element("div", { text: letters }), element("span", { class: "head", "aria-hidden": "true" }))
  const rest = () => {
    const spec = data.parts.find((p) => p.name === chosen)
    if (spec) explain(spec)
    else about.replaceChildren(element("b", { text: data.words.total }), data.words.hint)
  }
  map.addEventListener("pointerleave", rest)
  const player = playing(root, () => {
    const at = data.parts.findIndex((p) => p.name === chosen) + 1
    chosen = data.parts[at]?.name ?? ""
    map.querySelectorAll(".part").forEach((each, i) => each.setAttribute("aria-pressed", String(i === at)))
    rest()
  }, 3200)
  root.append(player.button)

  return {
    update(next) {
      data = next
      const largest = Math.max(...data.parts.map((p) => p.each))
      const [tokens, embedding, attention, feedforward, unembedding, probabilities] = data.parts.map((p) => part(p, largest))
      const piled = Math.min(PILED, data.n_layers - 1)
      const block = element("div", { class: "block" }, element("span", { class: "times", text: data.words.blocks }), attention, flow(data.flows[2]), feedforward)
      const stack = element("div", { class: "stack", style: { "--pile": piled } }, block)
      for (let n = piled; n > 0; n--) block.prepend(element("i", { "aria-hidden": "true", style: { "--n": n } }))
      map.setAttribute("aria-label", data.words.label)
      map.replaceChildren(tokens, flow(data.flows[0]), embedding, flow(data.flows[1]), stack, flow(data.flows[3]), unembedding, flow(data.flows[4]), probabilities)
      player.set(Boolean(data.play), data.words)
      about.setAttribute("aria-live", data.play ? "off" : "polite")
      rest()
    },
    destroy() { player.stop() },
  }
})
