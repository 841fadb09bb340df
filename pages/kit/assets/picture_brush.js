// A picture to paint on, with mouse, finger or keys: with colours, or with a mask that says what is drawn anew.
import { bytesOf, component, element, fill, number, speaker } from "./kit.js"
import { PICTURE_CSS } from "./pixels.js"

const CSS = PICTURE_CSS + `
.board { position: relative; width: min(100%, 288px); }
canvas.px { width: 100%; aspect-ratio: 1; border-radius: 5px; box-shadow: 0 0 0 1px var(--edge); touch-action: none; cursor: crosshair; }
.tools { display: flex; flex-wrap: wrap; gap: 6px; align-items: center; margin: 8px 0; max-width: 420px; }
.swatch { width: 34px; height: 34px; border-radius: 50%; border: 1px solid var(--edge); padding: 0; background: var(--paint); }
.swatch[aria-pressed="true"], .size[aria-pressed="true"] { outline: 2px solid var(--accent); outline-offset: 2px; }
.size { border: 1px solid var(--line); background: none; border-radius: 6px; min-width: 34px; min-height: 34px; font: 14px var(--sans); color: var(--ink); }
.hint { margin: 0; font-size: 13px; line-height: 1.4; color: var(--soft); max-width: 420px; }
`
const SIZES = [1, 3, 5]

export default component(CSS, (root, { tell }) => {
  const canvas = element("canvas", { class: "px", tabindex: 0, role: "application" })
  const tools = element("div", { class: "tools" }), hint = element("p", { class: "hint" })
  const done = element("button", { type: "button", class: "act first", onclick: () => send() })
  const clear = element("button", {
    type: "button",
    class: "act",
    onclick: () => {
      begin()
      speak(data.words.cleared)
    },
  })
  root.append(element("div", { class: "board" }, canvas), tools, element("div", { class: "tools" }, done, clear), hint)
  const speak = speaker(root, 0.5)
  let data,
    pixels = new Uint8Array(),
    mask = new Uint8Array(),
    colour = 0,
    brush = 3,
    at = [16, 16],
    keys = false,
    signature = ""

  const begin = () => {
    const S = data.size
    pixels = Uint8Array.from(bytesOf(data.picture))
    mask = new Uint8Array(S * S)
    draw()
  }
  const draw = () => {
    const S = data.size, pen = canvas.getContext("2d"), image = pen.createImageData(S, S)
    for (let p = 0; p < S * S; p++) {
      const hatched = mask[p] ? ((p % S) + Math.floor(p / S)) % 2 : 0
      for (let c = 0; c < 3; c++) {
        image.data[p * 4 + c] = mask[p] ? pixels[p * 3 + c] * 0.25 + (hatched ? 255 : 60) * 0.75 : pixels[p * 3 + c]
      }
      image.data[p * 4 + 3] = 255
    }
    pen.putImageData(image, 0, 0)
    if (keys) {
      const [x, y] = at
      pen.strokeStyle = "#d0006f"
      pen.strokeRect(x - (brush >> 1) - 0.5, y - (brush >> 1) - 0.5, brush + 1, brush + 1)
    }
  }
  const dab = (x, y) => {
    const S = data.size, r = brush >> 1
    for (let dy = -r; dy <= r; dy++) {
      for (let dx = -r; dx <= r; dx++) {
        const px = x + dx, py = y + dy
        if (px < 0 || py < 0 || px >= S || py >= S) continue
        const p = py * S + px
        if (data.masks) mask[p] = 1
        else for (let c = 0; c < 3; c++) pixels[p * 3 + c] = data.colours[colour].rgb[c]
      }
    }
  }
  let last = null
  const to = (event) => {
    const box = canvas.getBoundingClientRect(), S = data.size
    const x = Math.floor(((event.clientX - box.left) / box.width) * S),
      y = Math.floor(((event.clientY - box.top) / box.height) * S)
    const [fx, fy] = last ?? [x, y], n = Math.max(1, Math.abs(x - fx), Math.abs(y - fy))
    for (let k = 0; k <= n; k++) dab(Math.round(fx + ((x - fx) * k) / n), Math.round(fy + ((y - fy) * k) / n))
    last = at = [x, y]
    keys = false
    draw()
  }
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId)
    last = null
    to(event)
  })
  canvas.addEventListener("pointermove", (event) => {
    if (canvas.hasPointerCapture(event.pointerId)) to(event)
  })
  canvas.addEventListener("blur", () => {
    keys = false
    draw()
  })
  canvas.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key]
    if (!move && event.key !== " " && event.key !== "Enter") return
    event.preventDefault()
    keys = true
    if (move) at = at.map((value, axis) => Math.max(0, Math.min(data.size - 1, value + move[axis])))
    if (!move || event.shiftKey) dab(...at)
    draw()
    speak(fill(data.words.at, { x: number(at[0] + 1, 0, data.lang), y: number(at[1] + 1, 0, data.lang) }))
  })
  const send = () => {
    const bytes = data.masks ? mask : pixels
    tell("drawn", btoa(String.fromCharCode(...bytes)))
  }
  const press = (group, chosen) =>
    group.forEach((each, place) => each.setAttribute("aria-pressed", String(place === chosen)))
  return {
    update(next) {
      data = next
      canvas.width = canvas.height = data.size
      canvas.setAttribute("aria-label", data.label)
      done.textContent = data.words.done
      clear.textContent = data.words.clear
      hint.textContent = data.words.hint
      if (signature === data.picture + data.lang + data.masks) return draw()
      if (!signature.startsWith(data.picture)) begin()
      signature = data.picture + data.lang + data.masks
      const swatches = data.masks ? [] : data.colours.map(({ name, rgb }, place) =>
        element("button", {
          type: "button",
          class: "swatch",
          title: name,
          "aria-label": name,
          style: { "--paint": `rgb(${rgb.join(",")})` },
          onclick: () => {
            colour = place
            press(swatches, place)
          },
        })
      )
      const sizes = SIZES.map((size, place) =>
        element("button", {
          type: "button",
          class: "size",
          "aria-label": fill(data.words.brush, { n: size }),
          text: `${size}×${size}`,
          onclick: () => {
            brush = size
            press(sizes, place)
          },
        })
      )
      press(swatches, colour)
      press(sizes, SIZES.indexOf(brush))
      tools.replaceChildren(...swatches, ...sizes)
    },
    destroy() {
      speak.stop()
    },
  }
})
