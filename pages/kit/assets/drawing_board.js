// A small board to draw on, pixel by pixel: with the mouse, a finger or the keyboard.
import { bytesOf, component, element, fill, speaker } from "./kit.js"

const CSS = `
.gb { container-type: inline-size; }
.board { position: relative; width: min(100%, 288px); aspect-ratio: 1; border-radius: 6px; overflow: hidden; border: 1px solid var(--edge); cursor: crosshair; touch-action: none; }
.board canvas { position: absolute; inset: 0; width: 100%; height: 100%; image-rendering: pixelated; }
.board .cursor { position: absolute; border: 2px solid var(--ink); box-shadow: 0 0 0 1.5px var(--card); border-radius: 2px; pointer-events: none; visibility: hidden; }
.board:focus-visible .cursor { visibility: visible; }
.row { display: flex; flex-wrap: wrap; gap: 5px; margin-top: 8px; max-width: 288px; align-items: center; }
.paint { width: 27px; height: 27px; padding: 0; border-radius: 50%; border: 2px solid var(--card); box-shadow: 0 0 0 1px var(--edge); background: var(--p); }
.paint[aria-checked="true"] { box-shadow: 0 0 0 2.5px var(--accent); }
.row .act { padding: 3px 8px; min-height: 32px; font-size: 14px; } .row .act[aria-pressed="true"] { border-color: var(--accent); background: var(--accent-soft); }
`

export default component(CSS, (root, { tell }) => {
  const canvas = element("canvas"), cursor = element("div", { class: "cursor", "aria-hidden": "true" })
  const board = element("div", { class: "board", tabindex: "0", role: "application" }, canvas, cursor)
  const paints = element("div", { class: "row", role: "radiogroup" }),
    tools = element("div", { class: "row" }),
    grounds = element("div", { class: "row" })
  const take = element("button", { type: "button", class: "act first" })
  root.append(board, paints, tools, grounds, element("div", { class: "row" }, take))
  const speak = speaker(root, 0.5)
  let data = null,
    size = 32,
    pixels = null,
    done = [],
    paint = 0,
    thick = 2,
    at = [16, 16],
    drawing = false,
    last = null,
    ground = 0

  const show = () => {
    canvas.width = canvas.height = size
    const image = new ImageData(size, size)
    for (let i = 0; i < size * size; i++) {
      image.data.set(pixels.subarray(3 * i, 3 * i + 3), 4 * i)
      image.data[4 * i + 3] = 255
    }
    canvas.getContext("2d").putImageData(image, 0, 0)
    undo.disabled = !done.length
  }
  const remember = () => {
    done.push(pixels.slice())
    if (done.length > 60) done.shift()
  }
  const dab = (x, y) => {
    const low = -Math.floor((thick - 1) / 2)
    for (let dy = low; dy < low + thick; dy++) {
      for (let dx = low; dx < low + thick; dx++) {
        const px = x + dx, py = y + dy
        if (px >= 0 && py >= 0 && px < size && py < size) pixels.set(data.paints[paint].rgb, 3 * (py * size + px))
      }
    }
  }
  const line = (from, to) => { // a finger moves farther than a pixel between two events
    const n = Math.max(1, Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]))
    for (let i = 0; i <= n; i++) {
      dab(Math.round(from[0] + ((to[0] - from[0]) * i) / n), Math.round(from[1] + ((to[1] - from[1]) * i) / n))
    }
    show()
  }
  const placed = (event) => {
    const box = canvas.getBoundingClientRect()
    return [event.clientX - box.left, event.clientY - box.top].map((v, i) =>
      Math.min(size - 1, Math.max(0, Math.floor((v / (i ? box.height : box.width)) * size)))
    )
  }
  const moveCursor = () => {
    const part = 100 / size
    Object.assign(cursor.style, {
      left: `${at[0] * part}%`,
      top: `${at[1] * part}%`,
      width: `${part}%`,
      height: `${part}%`,
    })
    speak(fill(data.words.place, { row: at[1] + 1, column: at[0] + 1 }))
  }
  board.addEventListener("pointerdown", (event) => {
    event.preventDefault()
    board.focus({ preventScroll: true })
    board.setPointerCapture(event.pointerId)
    drawing = true
    remember()
    last = at = placed(event)
    line(last, last)
    moveCursor()
  })
  board.addEventListener("pointermove", (event) => {
    if (!drawing) return
    for (const each of event.getCoalescedEvents?.() ?? [event]) {
      const next = placed(each)
      line(last, next)
      last = at = next
    }
  })
  for (const end of ["pointerup", "pointercancel"]) {
    board.addEventListener(end, () => {
      drawing = false
    })
  }
  board.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key]
    if (by) {
      event.preventDefault()
      at = at.map((v, i) => Math.min(size - 1, Math.max(0, v + by[i])))
      if (event.shiftKey) {
        remember()
        line(at, at)
      }
      moveCursor()
    } else if (event.key === " " || event.key === "Enter") {
      event.preventDefault()
      remember()
      line(at, at)
    } else if ((event.ctrlKey || event.metaKey) && event.key === "z") {
      event.preventDefault()
      back()
    } else if (/^[1-9]$/.test(event.key) && Number(event.key) <= data.paints.length) choosePaint(Number(event.key) - 1)
  })
  const back = () => {
    if (done.length) {
      pixels = done.pop()
      show()
    }
  }
  const begin = (which) => {
    ground = which
    pixels = bytesOf(data.grounds[which].pixels)
    show()
  }
  const choosePaint = (which) => {
    paint = which
    ;[...paints.children].forEach((each, i) => {
      each.setAttribute("aria-checked", String(i === which))
      each.tabIndex = i === which ? 0 : -1
    })
  }
  const undo = element("button", { type: "button", class: "act", onclick: back })
  paints.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (!by) return
    event.preventDefault()
    choosePaint((paint + by + data.paints.length) % data.paints.length)
    paints.children[paint].focus()
  })
  take.addEventListener("click", () => {
    let text = ""
    for (const each of pixels) text += String.fromCharCode(each)
    tell("drawn", { pixels: btoa(text) })
  })

  return {
    update(next) {
      const first = !data
      data = next
      size = data.size
      board.setAttribute("aria-label", data.words.board)
      paints.setAttribute("aria-label", data.words.paints)
      take.textContent = data.words.take
      undo.textContent = data.words.undo
      paints.replaceChildren(
        ...data.paints.map((each, i) =>
          element("button", {
            type: "button",
            class: "paint",
            role: "radio",
            "aria-label": each.name,
            title: each.name,
            style: { "--p": `rgb(${each.rgb.join(",")})` },
            onclick: () => choosePaint(i),
          })
        ),
      )
      choosePaint(paint)
      tools.replaceChildren(
        ...[1, 2, 4].map((n) =>
          element("button", {
            type: "button",
            class: "act",
            "aria-pressed": String(n === thick),
            text: fill(data.words.thick, { n }),
            onclick: (event) => {
              thick = n
              ;[...tools.children].forEach((each) => {
                if (each !== undo) each.setAttribute("aria-pressed", String(each === event.target))
              })
            },
          })
        ),
        undo,
      )
      grounds.replaceChildren(
        element("span", { class: "soft", text: data.words.ground }),
        ...data.grounds.map((each, i) =>
          element("button", {
            type: "button",
            class: "act",
            text: each.name,
            onclick: () => {
              remember()
              begin(i)
            },
          })
        ),
      )
      if (first) begin(0)
    },
    destroy() {
      speak.stop()
    },
  }
})
