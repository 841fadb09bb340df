// Two pictures of one caption, one click. What is chosen is shown at once and told to the server in one growing list
// until it has said that it heard, so that a fast hand loses no choice and none counts twice.
import { component, element, fill, number, speaker } from "./kit.js"

const CSS = `
.gb .box:focus-visible { outline: none; }
.caption { margin: 0 0 8px; font: 600 20px/1.3 var(--serif); overflow-wrap: anywhere; min-height: 52px; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 14px; max-width: 440px; }
.pair button { padding: 6px; border: 1.5px solid var(--edge); border-radius: 9px; background: var(--card); display: grid; gap: 6px; justify-items: center; touch-action: manipulation; }
.pair button:hover { border-color: var(--accent); background: var(--accent-soft); }
.pair img { display: block; width: 100%; aspect-ratio: 1; image-rendering: pixelated; border-radius: 5px; background: var(--line); }
kbd { font: 13px/1 var(--mono); color: var(--soft); border: 1px solid var(--line); border-radius: 5px; padding: 3px 9px; background: var(--paper); }
.box:focus-within kbd { color: var(--accent); border-color: var(--accent); }
.row { display: flex; flex-wrap: wrap; gap: 6px 14px; align-items: center; margin-top: 8px; max-width: 440px; }
.row .soft { flex: 1 1 150px; }
.row .act { display: inline-flex; gap: 8px; align-items: center; }
.goal { display: flex; gap: 12px; align-items: center; max-width: 440px; margin: 8px 0 0; font-size: 14px; }
.goal .bar { flex: 1; height: 8px; border-radius: 4px; background: var(--line); overflow: hidden; } .goal i { display: block; height: 100%; background: var(--accent); }
.empty { font: 18px/1.4 var(--serif); color: var(--soft); min-height: 80px; }
@media (max-width: 420px) { .pair { gap: 8px; } }
`
const KEYS = { 1: "a", 2: "b", ArrowLeft: "a", ArrowRight: "b" }

export default component(CSS, (root, { tell }) => {
  const mount = Math.random().toString(36).slice(2) + Date.now().toString(36)
  let data, pending = [], n = 0

  const caption = element("p", { class: "caption" })
  const side = (choice, key) => {
    const img = element("img", { alt: "" })
    const button = element(
      "button",
      { type: "button", "aria-keyshortcuts": key, onclick: () => choose(choice) },
      img,
      element("kbd", { text: key, "aria-hidden": "true" }),
    )
    return { button, img }
  }
  const left = side("a", "1"), right = side("b", "2")
  const pair = element("div", { class: "pair" }, left.button, right.button)
  const empty = element("p", { class: "empty" })
  const undoWord = element("span")
  const undo = element(
    "button",
    { class: "act", type: "button", "aria-keyshortcuts": "U", onclick: takeBack },
    element("kbd", { text: "U", "aria-hidden": "true" }),
    undoWord,
  )
  const hint = element("span", { class: "soft" })
  const filled = element("i"), far = element("span")
  const goal = element("div", { class: "goal" }, far, element("span", { class: "bar", "aria-hidden": "true" }, filled))
  const box = element(
    "div",
    { class: "box", tabindex: "-1", role: "group", onkeydown: press },
    caption,
    empty,
    pair,
    element("div", { class: "row" }, undo, hint),
    goal,
  )
  root.append(box)
  const speak = speaker(root)

  /** What is still to be chosen from, and how many choices there are, with what the server has not heard yet. */
  function now() {
    const said = pending.filter((event) => event.key), back = pending.length - said.length
    const taken = new Set(said.map((event) => event.key))
    return { queue: data.pairs.filter((each) => !taken.has(each.key)), all: Math.max(0, data.n + said.length - back) }
  }
  const send = () => tell("cast", { mount, events: pending })
  function choose(choice) {
    const [first] = now().queue
    if (!first) return
    pending.push({ n: ++n, key: first.key, choice })
    send()
    draw()
    const next = now().queue[0]
    if (next) speak(next.caption)
  }
  function takeBack() {
    if (now().all < 1) return
    pending.push({ n: ++n, key: "", choice: "" })
    send()
    draw()
  }
  function press(event) {
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return
    if (KEYS[event.key]) choose(KEYS[event.key])
    else if (event.key === "Backspace" || event.key.toLowerCase() === "u") takeBack()
    else return
    event.preventDefault()
  }
  function draw() {
    const { queue, all } = now(), first = queue[0]
    const held = root.getRootNode().activeElement
    if (!first && held && box.contains(held)) box.focus()
    pair.style.display = first ? "" : "none"
    empty.style.display = first ? "none" : ""
    caption.textContent = first?.caption ?? ""
    if (first) {
      for (
        const [{ button, img }, png, label] of [[left, first.a, data.words.left], [right, first.b, data.words.right]]
      ) {
        img.src = `data:image/png;base64,${png}`
        button.setAttribute("aria-label", `${label}: ${first.caption}`)
      }
      if (held === box) left.button.focus()
    }
    undo.disabled = all < 1
    far.textContent = fill(data.words.counted, { n: number(all, 0, data.lang), of: number(data.goal, 0, data.lang) })
    filled.style.width = `${Math.min(100, 100 * all / data.goal)}%`
  }
  return {
    update(next) {
      if (data && data.round !== next.round) pending = []
      data = next
      if (data.heard?.mount === mount) pending = pending.filter((event) => event.n > data.heard.n)
      box.setAttribute("aria-label", data.words.label)
      undoWord.textContent = data.words.undo
      hint.textContent = data.words.keys
      empty.textContent = data.words.empty
      draw()
    },
    destroy() {
      speak.stop()
    },
  }
})
