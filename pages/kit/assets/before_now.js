// The same captions and the same noise, drawn by the model before it was tuned and by the one now.
import { component, element, fill, number, speaker } from "./kit.js"
import { listenToRun } from "./live.js"

const CSS = `
.walls { display: grid; grid-template-columns: 1fr 1fr; gap: 14px; max-width: 640px; }
.walls h3 { margin: 0 0 6px; padding: 0; font: 600 14px/1.4 var(--sans); color: var(--soft); letter-spacing: 0; }
ol { list-style: none; margin: 0; padding: 0; display: grid; grid-template-columns: repeat(4, 1fr); gap: 4px; }
li { margin: 0; min-width: 0; }
li button { display: block; width: 100%; padding: 0; border: 0; background: none; border-radius: 4px; position: relative; touch-action: manipulation; }
img { display: block; width: 100%; aspect-ratio: 1; image-rendering: pixelated; border-radius: 4px; background: var(--line); }
li i { position: absolute; right: 2px; bottom: 2px; width: 15px; height: 15px; border-radius: 50%; font: 700 10px/15px var(--sans); text-align: center; background: var(--card); color: var(--value); box-shadow: 0 0 0 1px var(--line); }
li.wrong i { color: var(--warn); }
button[aria-pressed=true] { outline: 3px solid var(--accent); outline-offset: 1px; }
.said { min-height: 5em; margin-top: 10px; max-width: 640px; } .said p { margin: 0; font: 14px/1.45 var(--sans); color: var(--soft); }
.said .caption { font: 17px/1.35 var(--serif); color: var(--ink); }
.none { color: var(--soft); font-size: 15px; }
`

export default component(CSS, (root) => {
  const none = element("p", { class: "none" })
  const wall = () => ({ head: element("h3"), list: element("ol") })
  const before = wall(), now = wall()
  const walls = element(
    "div",
    { class: "walls" },
    element("div", {}, before.head, before.list),
    element("div", {}, now.head, now.list),
  )
  const said = element("div", { class: "said" })
  root.append(none, walls, said)
  const speak = speaker(root, 4)
  let data, first = [], latest = [], step = 0, picked = 0, end = null

  // `met` is null where the reader cannot read what is drawn
  const verdict = (one) =>
    [
      one.left_open
        ? (one.kept ? data.words.kept : data.words.not_kept)
        : one.leaked
        ? data.words.leaked
        : data.words.says_all,
      one.met == null ? "" : one.met ? data.words.met : data.words.not_met,
    ].filter(Boolean).join(" · ")
  const fails = (one) => one.met === false
  function fillWall({ list }, pictures) {
    if (list.children.length !== pictures.length) {
      list.replaceChildren(
        ...pictures.map((_, i) =>
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
    pictures.forEach((one, i) => {
      const item = list.children[i], button = item.firstChild
      item.className = fails(one) ? "wrong" : ""
      button.setAttribute("aria-pressed", String(i === picked))
      button.setAttribute("aria-label", `${one.caption}. ${verdict(one)}`)
      button.firstChild.src = `data:image/png;base64,${one.png}`
      button.lastChild.textContent = fails(one) ? "✗" : one.left_open && one.kept ? "♥" : ""
      button.lastChild.hidden = !fails(one) && !(one.left_open && one.kept)
    })
  }
  function draw() {
    none.hidden = first.length > 0
    walls.hidden = said.hidden = !first.length
    if (!first.length) return
    fillWall(before, first)
    fillWall(now, latest)
    before.head.textContent = data.words.before
    now.head.textContent = `${data.words.now} · ${fill(data.words.step, { n: number(step, 0, data.lang) })}`
    const count = (pictures) => pictures.filter((one) => one.left_open && one.kept).length
    const all = fill(data.words.n_kept, {
      before: count(first),
      now: count(latest),
      of: first.filter((one) => one.left_open).length,
    })
    said.replaceChildren(
      element("p", { class: "caption", text: first[picked].caption }),
      element("p", { text: `${data.words.before}: ${verdict(first[picked])}` }),
      element("p", { text: `${data.words.now}: ${verdict(latest[picked])}` }),
      element("p", { text: all }),
    )
    speak(all)
  }
  return {
    update(next) {
      data = next
      none.textContent = data.words.empty
      first = data.before
      latest = data.now.length ? data.now : first
      step = data.step
      before.list.setAttribute("aria-label", data.words.before)
      now.list.setAttribute("aria-label", data.words.now)
      end?.()
      end = null
      draw()
      if (data.run) {
        end = listenToRun(data.run, "pictures", data.after, (rows) => {
          for (const row of rows) {
            if (!first.length) first = row.pictures
            latest = row.pictures
            step = row.step
          }
          draw()
        })
      }
    },
    destroy() {
      end?.()
      speak.stop()
    },
  }
})
