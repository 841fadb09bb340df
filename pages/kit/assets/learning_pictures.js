// The same captions and the same noise, drawn again and again while a model learns.
import { component, element, fill, number, quiet, speaker } from "./kit.js"
import { listenToRun } from "./live.js"

const CSS = `
.wall { list-style: none; margin: 0; padding: 0; display: grid; grid-template-columns: repeat(4, 1fr); gap: 6px; max-width: 420px; }
.wall li { margin: 0; min-width: 0; }
.wall button { display: block; width: 100%; padding: 0; border: 0; background: none; border-radius: 5px; position: relative; }
.wall img { display: block; width: 100%; aspect-ratio: 1; image-rendering: pixelated; border-radius: 4px; background: var(--line); }
.wall i { position: absolute; right: 3px; bottom: 3px; width: 17px; height: 17px; border-radius: 50%; font: 700 11px/17px var(--sans); text-align: center; background: var(--card); color: var(--soft); box-shadow: 0 0 0 1px var(--line); }
.wall .right i { color: var(--value); } .wall .wrong i { color: var(--warn); }
.wall button[aria-pressed=true] { outline: 3px solid var(--accent); outline-offset: 1px; }
.time { display: grid; grid-template-columns: auto 1fr auto; gap: 4px 12px; align-items: center; margin: 10px 0 6px; max-width: 420px; }
input[type=range] { width: 100%; height: 28px; margin: 0; accent-color: var(--accent); cursor: pointer; touch-action: pan-y; }
.at { font: 13px var(--mono); color: var(--soft); white-space: nowrap; min-width: 7.5em; text-align: right; }
.play { min-width: 44px; padding: 5px 10px; }
.said { min-height: 4.4em; max-width: 420px; }
.said p { margin: 0; } .said .caption { font: 17px/1.35 var(--serif); color: var(--ink); } .said .verdict { font: 14px/1.4 var(--sans); color: var(--soft); }
.said .verdict.right { color: var(--value); } .said .verdict.wrong { color: var(--warn); }
.none { color: var(--soft); font-size: 15px; }
`
const BEAT_MS = 700

export default component(CSS, (root) => {
  const wall = element("ol", { class: "wall" })
  const none = element("p", { class: "none" })
  const play = element("button", { class: "act play", type: "button" })
  const range = element("input", { type: "range", min: 0, step: 1 })
  const at = element("span", { class: "at" })
  const time = element("div", { class: "time" }, play, range, at)
  const said = element("div", { class: "said" })
  root.append(none, wall, time, said)
  const speak = speaker(root, 4)
  let data, looks = [], now = 0, picked = 0, end = null, playing = 0

  /** Wrong parts of a picture in words; nothing where all of it is right. */
  const wrong = (one) => {
    if (one.whole) return []
    const w = data.words
    const parts = [
      !one.sky && w.sky,
      one.things < 1 && w.things,
      one.colours < 1 && w.colours,
      !one.number && w.number,
      one.things >= 1 && !one.sides && w.sides,
    ].filter(Boolean)
    return parts.length ? parts : [w.unread]
  }
  const verdict = (one) => {
    const parts = wrong(one)
    return !parts.length
      ? data.words.whole
      : one.reason
      ? data.words.unread
      : fill(data.words.wrong, { what: parts.join(", ") })
  }
  const draw = () => {
    const look = looks[now]
    none.hidden = Boolean(look)
    wall.hidden = time.hidden = said.hidden = !look
    if (!look) return
    if (wall.children.length !== look.pictures.length) {
      wall.replaceChildren(
        ...look.pictures.map((_, i) =>
          element(
            "li",
            {},
            element(
              "button",
              {
                type: "button",
                onclick: () => {
                  picked = i
                  draw()
                },
              },
              element("img", { alt: "" }),
              element("i", { "aria-hidden": "true" }),
            ),
          )
        ),
      )
    }
    look.pictures.forEach((one, i) => {
      const button = wall.children[i].firstChild, good = one.whole
      button.className = good ? "right" : "wrong"
      button.setAttribute("aria-pressed", String(i === picked))
      button.setAttribute("aria-label", `${one.caption}. ${verdict(one)}`)
      button.firstChild.src = `data:image/png;base64,${one.png}`
      button.lastChild.textContent = good ? "✓" : "✗"
    })
    const one = look.pictures[picked] ?? look.pictures[0], n = look.pictures.filter((p) => p.whole).length
    said.replaceChildren(
      element("p", { class: "caption", text: one.caption }),
      element("p", { class: `verdict ${one.whole ? "right" : "wrong"}`, text: verdict(one) }),
      element("p", { class: "verdict", text: fill(data.words.n_right, { n, of: look.pictures.length }) }),
    )
    range.max = looks.length - 1
    range.value = now
    const step = fill(data.words.step, { n: number(look.step, 0, data.lang) })
    at.textContent = step
    range.setAttribute("aria-valuetext", step)
    speak(`${step}: ${fill(data.words.n_right, { n, of: look.pictures.length })}`)
  }
  const stop = () => {
    clearInterval(playing)
    playing = 0
    if (data) play.textContent = data.words.play
  }
  play.addEventListener("click", () => {
    if (playing) return stop()
    if (now >= looks.length - 1) now = 0
    play.textContent = data.words.pause
    draw()
    playing = setInterval(() => {
      if (now >= looks.length - 1) stop()
      else {
        now += 1
        draw()
      }
    }, quiet() ? 2 * BEAT_MS : BEAT_MS)
  })
  range.addEventListener("input", () => {
    stop()
    now = Number(range.value)
    draw()
  })
  return {
    update(next) {
      const follows = !data || now >= looks.length - 1
      data = next
      looks = [...data.looks]
      now = follows ? looks.length - 1 : Math.min(now, looks.length - 1)
      none.textContent = data.words.empty
      wall.setAttribute("aria-label", data.words.label)
      range.setAttribute("aria-label", data.words.slider)
      stop()
      end?.()
      end = null
      draw()
      if (data.run) {
        end = listenToRun(data.run, "pictures", data.after, (rows) => {
          const newest = now >= looks.length - 1
          for (const row of rows) looks.push({ step: row.step, pictures: row.pictures })
          if (newest && !playing) now = looks.length - 1
          draw()
        })
      }
    },
    destroy() {
      end?.()
      stop()
      speak.stop()
    },
  }
})
