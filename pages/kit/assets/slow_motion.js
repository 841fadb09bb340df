// One step of training up close: picture and noise, what the model takes it to be, where it errs.
import { component, element, fill, speaker } from "./kit.js"

const CSS = `
.row { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 14px; }
figure { margin: 0; min-width: 0; } figure img { display: block; width: 100%; aspect-ratio: 1; image-rendering: pixelated; border-radius: 5px; background: var(--line); }
figcaption { font-size: 14px; line-height: 1.35; color: var(--soft); margin-top: 5px; } figcaption b { color: var(--ink); font-weight: 600; }
.noise { display: grid; grid-template-columns: minmax(10em, auto) 1fr; gap: 12px; align-items: center; margin: 12px 0 0; font-size: 14px; }
input[type=range] { width: 100%; height: 28px; margin: 0; accent-color: var(--accent); cursor: pointer; touch-action: pan-y; }
.caption { font: 17px/1.4 var(--serif); margin: 0 0 10px; }
@media (max-width: 560px) { .row { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 10px; } .noise { grid-template-columns: 1fr; } }
`

export default component(CSS, (root) => {
  const caption = element("p", { class: "caption" })
  const cells = ["picture", "noisy", "guess", "error"].map((name) => ({
    name,
    image: element("img", { alt: "" }),
    text: element("figcaption"),
  }))
  const row = element("div", { class: "row" }, ...cells.map(({ image, text }) => element("figure", {}, image, text)))
  const range = element("input", { type: "range", min: 0, step: 1 })
  const share = element("span")
  root.append(caption, row, element("label", { class: "noise" }, share, range))
  const speak = speaker(root, 2)
  let data, at = null

  const draw = () => {
    const moment = data.moments[at], w = data.words
    const told = {
      picture: [w.picture],
      noisy: [w.noisy],
      guess: [w.guess],
      error: [w.error, fill(w.loss, { n: moment.loss }), fill(w.after, { n: moment.loss_after })],
    }
    for (const { name, image, text } of cells) {
      image.src = `data:image/png;base64,${name === "picture" ? data.picture : moment[name]}`
      text.replaceChildren(
        ...told[name].flatMap((line, i) =>
          i ? [element("br"), element("b", { text: line })] : [document.createTextNode(line)]
        ),
      )
    }
    const said = fill(w.noise, { share: moment.share })
    share.textContent = said
    range.setAttribute("aria-valuetext", said)
    speak(`${said}. ${told.error.slice(1).join(". ")}`)
  }
  range.addEventListener("input", () => {
    at = Number(range.value)
    draw()
  })
  return {
    update(next) {
      data = next
      at = Math.min(at ?? Math.floor(data.moments.length / 2), data.moments.length - 1)
      caption.textContent = data.caption
      range.max = data.moments.length - 1
      range.value = at
      range.setAttribute("aria-label", data.words.slider)
      draw()
    },
    destroy() {
      speak.stop()
    },
  }
})
