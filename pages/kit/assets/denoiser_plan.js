// A denoiser as a picture: the words from above, the noisy picture from the left, through the blocks to a direction.
import { bytesOf, colours, component, element, onLook } from "./kit.js"
import { playing } from "./playing.js"

const CSS = `
.about { margin: 0 0 14px; padding: 8px 14px; border-left: 3px solid var(--accent); min-height: 68px; font-size: 15px; line-height: 1.42; background: var(--accent-soft); border-radius: 0 8px 8px 0; }
.about b { font: 600 16px/1.4 var(--sans); margin-right: 6px; } .about span { font: 13px/1.4 var(--mono); color: var(--soft); display: block; }
.flow { display: grid; grid-template-columns: 132px 22px 168px 22px minmax(0, 1fr) 22px 132px 22px 112px; align-items: center; row-gap: 14px;
  grid-template-areas: "say a1 read a2 block a3 out a4 end" "pic a5 in a6 block a3 out a4 end"; }
.say { grid-area: say; font: 600 15px/1.35 var(--serif); overflow-wrap: anywhere; } .say small, figcaption { display: block; font: 12px/1.35 var(--sans); color: var(--soft); margin-top: 5px; }
figure { margin: 0; } .pic { grid-area: pic; } .end { grid-area: end; } .flow canvas { width: 100%; max-width: 116px; aspect-ratio: 1; display: block; border-radius: 6px; box-shadow: 0 0 0 1px var(--line); }
.read { grid-area: read; display: grid; gap: 8px; } .in { grid-area: in; } .out { grid-area: out; }
.arrow { text-align: center; color: var(--soft); font: 18px/1 var(--sans); }
.part { position: relative; border: 1.5px solid var(--line); background: var(--card); border-radius: 9px; padding: 8px 10px 13px; text-align: left; width: 100%; min-height: 56px; overflow: hidden; }
.part b { display: block; font: 600 14px/1.25 var(--sans); } .part small { font: 13px/1.3 var(--sans); color: var(--soft); font-variant-numeric: tabular-nums; }
.part::after { content: ""; position: absolute; left: 0; bottom: 0; height: 5px; width: calc(var(--share) * 100%); background: var(--tint); transition: width .3s; }
.part:hover, .part[aria-pressed=true] { border-color: var(--tint); background: color-mix(in srgb, var(--tint) 9%, var(--card)); }
.block { grid-area: block; position: relative; isolation: isolate; border: 1.5px solid var(--line); border-radius: 12px; background: var(--card); padding: 32px 14px 14px; margin: 0 calc(var(--pile) * 4px) calc(var(--pile) * 4px) 0; display: grid; grid-template-columns: 1fr 16px 1fr 16px 1fr; align-items: center; gap: 8px 2px; }
.block > i { position: absolute; inset: 0; border: 1.5px solid var(--line); border-radius: 12px; background: var(--card); transform: translate(calc(var(--p) * 4px), calc(var(--p) * 4px)); z-index: calc(-1 * var(--p)); }
.block .times { position: absolute; top: 8px; left: 14px; font: 600 13px/1.2 var(--sans); color: var(--accent); }
.block .clock { grid-column: 1 / -1; } .block .clock .part { min-height: 44px; }
.areas { margin: 14px 0 0; font-size: 13px; color: var(--soft); } .areas div { display: flex; height: 22px; gap: 1px; border-radius: 4px; overflow: hidden; margin-top: 3px; }
.areas i { display: block; flex: var(--each) 1 0; min-width: 2px; font: 12px/20px var(--sans); padding: 0 6px; overflow: hidden; white-space: nowrap; color: var(--ink); transition: flex .3s; background: color-mix(in srgb, var(--tint) 24%, var(--card)); border-bottom: 3px solid var(--tint); }
@media (max-width: 1000px) { .flow { grid-template-columns: minmax(0, 1fr) 22px minmax(0, 1fr); grid-template-areas: "say a1 read" "pic a5 in" "block block block" "out a4 end"; } .a2, .a3, .a6 { display: none; } }
@media (max-width: 640px) { .block { grid-template-columns: minmax(0, 1fr); padding: 32px 10px 10px; } .block > .arrow { transform: rotate(90deg); } .areas i { padding: 0 2px; } .about { min-height: 112px; } }
`
const PILED = 4
const TINTS = {
  words: "var(--key)",
  text_blocks: "var(--key)",
  patches_in: "var(--query)",
  clock: "var(--valid)",
  self_attention: "var(--query)",
  cross_attention: "var(--key)",
  feedforward: "var(--value)",
  patches_out: "var(--query)",
}

export default component(CSS, (root) => {
  const about = element("div", { class: "about", role: "status" }),
    flow = element("div", { class: "flow", role: "group" }),
    areas = element("div", { class: "areas" })
  root.append(about, flow, areas)
  let data, chosen = "", drawn = "", made = {}, pictures = []

  const spec = (name) => data.parts.find((each) => each.name === name)
  const explain = (own) =>
    about.replaceChildren(element("b", { text: own.title }), own.note, element("span", { text: own.detail }))
  const rest = () => {
    if (spec(chosen)) explain(spec(chosen))
    else about.replaceChildren(element("b", { text: data.words.invite }), data.words.hint)
    for (const [name, button] of Object.entries(made)) button.setAttribute("aria-pressed", String(name === chosen))
  }
  const part = (name) => {
    const own = spec(name), all = data.parts.reduce((sum, each) => sum + each.count, 0)
    const button = element(
      "button",
      {
        type: "button",
        class: "part",
        "aria-pressed": "false",
        style: { "--share": own.count / all, "--tint": TINTS[name] },
      },
      element("b", { text: own.title }),
      element("small", { text: own.share }),
    )
    button.addEventListener("pointerenter", () => explain(own))
    button.addEventListener("focus", () => explain(own))
    button.addEventListener("pointerleave", rest)
    button.addEventListener("click", () => {
      chosen = chosen === name ? "" : name
      rest()
    })
    made[name] = button
    return button
  }
  const arrow = (area) =>
    element("span", {
      class: `arrow ${area}`,
      text: "→",
      "aria-hidden": "true",
      style: area ? { "grid-area": area } : {},
    })
  const figure = (area, bytes, text, cut) => {
    const canvas = element("canvas", { "aria-hidden": "true" })
    if (bytes) pictures.push({ canvas, bytes: bytesOf(bytes), cut })
    return element("figure", { class: area }, bytes ? canvas : null, element("figcaption", { text }))
  }
  const paint = () => {
    const colour = colours(root), S = data.size, scale = 8
    for (const { canvas, bytes, cut } of pictures) {
      canvas.width = canvas.height = S * scale
      const small = new OffscreenCanvas(S, S), pixels = new ImageData(S, S), pen = canvas.getContext("2d")
      for (let i = 0; i < S * S; i++) {
        for (let c = 0; c < 3; c++) pixels.data[4 * i + c] = bytes[3 * i + c]
        pixels.data[4 * i + 3] = 255
      }
      small.getContext("2d").putImageData(pixels, 0, 0)
      pen.imageSmoothingEnabled = false
      pen.drawImage(small, 0, 0, S * scale, S * scale)
      if (!cut) continue
      pen.strokeStyle = colour("card")
      pen.lineWidth = 3
      for (let k = 1; k < data.n_side; k++) {
        const at = k * S * scale / data.n_side
        pen.beginPath()
        pen.moveTo(at, 0)
        pen.lineTo(at, S * scale)
        pen.moveTo(0, at)
        pen.lineTo(S * scale, at)
        pen.stroke()
      }
    }
  }
  const build = () => {
    const words = data.words, piled = Math.min(PILED, data.n_blocks - 1)
    made = {}
    pictures = []
    const block = element(
      "div",
      { class: "block", style: { "--pile": piled } },
      element("span", { class: "times", text: words.blocks }),
      element("div", { class: "clock" }, part("clock")),
      part("self_attention"),
      arrow(""),
      part("cross_attention"),
      arrow(""),
      part("feedforward"),
    )
    for (let p = piled; p > 0; p--) block.prepend(element("i", { "aria-hidden": "true", style: { "--p": p } }))
    flow.setAttribute("aria-label", words.label)
    flow.replaceChildren(
      element("div", { class: "say" }, data.caption, element("small", { text: words.caption })),
      arrow("a1"),
      element("div", { class: "read" }, part("words"), part("text_blocks")),
      arrow("a2"),
      figure("pic", data.noisy, words.noisy, true),
      arrow("a5"),
      element("div", { class: "in" }, part("patches_in")),
      arrow("a6"),
      block,
      arrow("a3"),
      element("div", { class: "out" }, part("patches_out")),
      arrow("a4"),
      figure("end", data.guess, words.guess, false),
    )
    areas.replaceChildren(
      words.areas,
      element(
        "div",
        { "aria-hidden": "true" },
        ...data.parts.map((each) =>
          element("i", {
            text: `${each.title} ${each.share}`,
            title: each.title,
            style: { "--each": each.count, "--tint": TINTS[each.name] },
          })
        ),
      ),
    )
  }
  const player = playing(root, () => {
    chosen = data.parts[data.parts.findIndex((each) => each.name === chosen) + 1]?.name ?? ""
    rest()
  }, 3600)
  root.append(player.button)
  const endLook = onLook(root, () => {
    if (data) paint()
  })

  return {
    update(next) {
      data = next
      const signature = JSON.stringify(data)
      if (signature !== drawn) {
        drawn = signature
        build()
        paint()
      }
      player.set(Boolean(data.play), data.words)
      about.setAttribute("aria-live", data.play ? "off" : "polite")
      rest()
    },
    destroy() {
      player.stop()
      endLook()
    },
  }
})
