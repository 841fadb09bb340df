// Two answers, one click. What is chosen is shown at once and told to the server in one growing list until it has
// said that it heard, so that a fast hand loses no choice and none counts twice.
import { component, element, fill, number, quoted, speaker } from "./kit.js"

const CSS = `
.gb .box:focus-visible { outline: none; }
.top { display: flex; align-items: baseline; gap: 8px 20px; justify-content: space-between; flex-wrap: wrap; }
.question { margin: 0; font: 600 22px/1.3 var(--serif); overflow-wrap: anywhere; flex: 1 1 300px; min-height: 29px; }
.truth { margin: 8px 0 0; font-size: 15px; overflow-wrap: anywhere; } .truth:empty { display: none; }
.count { color: var(--soft); font-size: 14px; white-space: nowrap; } .count b { font: 600 22px/1 var(--serif); color: var(--ink); }
.answers { display: grid; grid-template-columns: 1fr 1fr; gap: 14px; margin: 12px 0 10px; }
.answers button { display: flex; flex-direction: column; align-items: flex-start; gap: 6px; text-align: left; padding: 12px 16px; min-height: 108px; border-radius: 9px;
  border: 1.5px solid var(--edge); background: var(--card); transition: border-color .12s, background .12s; }
.answers button:hover { border-color: var(--accent); background: var(--accent-soft); }
.answers button.right { align-items: flex-end; }
.answers button p { margin: 0; width: 100%; font: 19px/1.4 var(--serif); white-space: pre-wrap; overflow-wrap: anywhere; max-height: 11em; overflow: auto; }
.answers button p.none { color: var(--soft); font: 15px/1.6 var(--sans); }
.answers button:focus-visible { outline-offset: 1px; }
.tag { font: 12px/1.4 var(--sans); color: var(--soft); border: 1px dashed var(--edge); border-radius: 10px; padding: 0 8px; }
.head { display: flex; width: 100%; justify-content: space-between; gap: 8px; align-items: center; } .right .head { flex-direction: row-reverse; }
.goal { display: flex; align-items: center; gap: 6px 12px; flex-wrap: wrap; margin: 8px 0 0; font-size: 14px; }
.goal .bar { flex: 1 1 160px; display: block; height: 8px; border-radius: 4px; background: var(--line); overflow: hidden; } .goal .bar i { display: block; height: 100%; background: var(--accent); transition: width .15s; }
kbd { font: 13px/1 var(--mono); color: var(--soft); border: 1px solid var(--line); border-radius: 5px; padding: 3px 7px; background: var(--paper); }
.box:focus-within kbd { color: var(--accent); border-color: var(--accent); }
.row { display: flex; flex-wrap: wrap; gap: 8px 12px; align-items: center; }
.row .act { display: inline-flex; gap: 9px; align-items: center; }
.row .soft { flex: 1 1 200px; }
.past { display: flex; gap: 4px; align-items: center; margin-top: 10px; min-height: 20px; flex-wrap: wrap; }
.past:empty, .last:empty { display: none; }
.past i { display: block; width: 22px; height: 14px; border-radius: 3px; border: 1.5px solid var(--accent); background: linear-gradient(90deg, var(--accent) 50%, transparent 50%); }
.past i.b { background: linear-gradient(90deg, transparent 50%, var(--accent) 50%); }
.past i.both_bad { border-color: var(--edge); background: none; }
.past .soft { margin-right: 6px; }
.last { margin: 4px 0 0; overflow-wrap: anywhere; }
.empty { font: 19px/1.4 var(--serif); color: var(--soft); margin: 12px 0; min-height: 108px; }
@media (max-width: 560px) { .answers { grid-template-columns: 1fr; gap: 10px; } .answers button { min-height: 76px; } .answers button.right { align-items: flex-start; } .question { font-size: 20px; } }
`
const SHOWN_PAST = 24
const KEYS = { ArrowLeft: "a", ArrowRight: "b", ArrowDown: "both_bad" }

export default component(CSS, (root, { tell }) => {
  const mount = Math.random().toString(36).slice(2) + Date.now().toString(36)
  let data, pending = [], n = 0, trail = [], parked = false

  const question = element("p", { class: "question" })
  const truth = element("p", { class: "truth" })
  const counted = element("span", { class: "count" })
  const side = (name, key, shortcut) => {
    const text = element("p"), mark = element("kbd", { text: key, "aria-hidden": "true" })
    const tag = element("span", { class: "tag" })
    const button = element(
      "button",
      { class: name, type: "button", "aria-keyshortcuts": shortcut },
      element("span", { class: "head" }, mark, tag),
      text,
    )
    return { button, text, tag }
  }
  const left = side("left", "←", "ArrowLeft"), right = side("right", "→", "ArrowRight")
  left.button.addEventListener("click", () => choose("a"))
  right.button.addEventListener("click", () => choose("b"))
  const answers = element("div", { class: "answers" }, left.button, right.button)
  const filled = element("i"), howFar = element("span")
  const goal = element(
    "div",
    { class: "goal" },
    howFar,
    element("span", { class: "bar", "aria-hidden": "true" }, filled),
  )
  const empty = element("p", { class: "empty" })
  const word = () => element("span")
  const badWord = word(), undoWord = word()
  const bad = element(
    "button",
    {
      class: "act",
      type: "button",
      "aria-keyshortcuts": "ArrowDown",
      onclick: () => choose("both_bad"),
    },
    badWord,
    element("kbd", { text: "↓", "aria-hidden": "true" }),
  )
  const undo = element(
    "button",
    {
      class: "act",
      type: "button",
      "aria-keyshortcuts": "Backspace U",
      onclick: () => takeBack(),
    },
    undoWord,
    element("kbd", { text: "U", "aria-hidden": "true" }),
  )
  const hint = element("span", { class: "soft" })
  const past = element("div", { class: "past", "aria-hidden": "true" })
  const last = element("p", { class: "soft last" })
  const box = element(
    "div",
    { class: "box", role: "group", tabindex: "-1", onkeydown: press },
    element("div", { class: "top" }, question, counted),
    goal,
    truth,
    answers,
    empty,
    element("div", { class: "row" }, bad, undo, hint),
    past,
    last,
  )
  root.append(box)
  const speak = speaker(root)

  /** What the server has said, and on top of it what it has not heard yet. */
  function now() {
    let queue = [...data.pairs], sides = [...data.past], newest = data.last
    let { n: all, left: lefts, right: rights } = data.tally
    const weigh = (choice, by) => {
      all += by
      lefts += choice === "a" ? by : 0
      rights += choice === "b" ? by : 0
    }
    for (const event of pending) {
      queue = queue.filter((pair) => pair.key !== event.pair?.key)
      if (event.undo) {
        if (event.pair) queue.unshift(event.pair)
        weigh(sides.pop(), -1)
        newest = null
      } else {
        sides.push(event.choice)
        weigh(event.choice, 1)
        newest = {
          question: event.pair.question,
          choice: event.choice,
          answer: event.choice === "both_bad" ? "" : event.pair[event.choice],
        }
      }
    }
    return { queue, sides, newest, all, lefts, rights }
  }

  function send(event) {
    pending.push({ n: ++n, ...event })
    draw()
    tell("cast", {
      mount,
      events: pending.map(({ n, pair, choice, undo }) => undo ? { n, undo: true } : { n, key: pair.key, choice }),
    })
  }

  function choose(choice) {
    const pair = now().queue[0]
    if (!pair) return
    trail.push(pair)
    send({ pair, choice })
    const next = now().queue[0]
    speak([data.words[`chose_${choice}`], next ? spoken(next) : data.words.empty].join(" "))
  }

  function takeBack() {
    if (now().all < 1) return
    send({ undo: true, pair: trail.pop() })
    const next = now().queue[0]
    speak([data.words.taken_back, next ? spoken(next) : ""].join(" "))
  }

  const spoken = (pair) =>
    `${data.words.question}: ${pair.question} ${pair.truth} ${data.words.left}: ${
      pair.a || data.words.blank
    } ${data.words.right}: ${pair.b || data.words.blank}`

  function press(event) {
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return
    if (KEYS[event.key]) choose(KEYS[event.key])
    else if (event.key === "Backspace" || event.key.toLowerCase() === "u") takeBack()
    else return
    event.preventDefault()
  }

  function fillSide({ button, text, tag }, label, answer, brusque) {
    tag.hidden = !brusque
    tag.textContent = data.words.brusque
    tag.title = data.words.brusque_help
    text.textContent = answer || data.words.blank
    text.className = answer ? "" : "none"
    button.setAttribute(
      "aria-label",
      `${label}: ${answer || data.words.blank}${brusque ? ` (${data.words.brusque})` : ""}`,
    )
  }

  function draw() {
    const { queue, sides, newest, all, lefts, rights } = now()
    const pair = queue[0]
    box.dataset.unheard = String(pending.length) // what the server has not yet stored
    const held = root.getRootNode().activeElement
    if (!pair && held && box.contains(held)) {
      box.focus()
      parked = true
    } // what disappears would take the focus, and the keys, with it
    answers.style.display = pair ? "" : "none"
    empty.style.display = pair ? "none" : ""
    empty.textContent = data.done ? data.words.done : data.words.empty
    question.textContent = pair?.question ?? ""
    truth.textContent = pair?.truth ?? ""
    if (pair) {
      fillSide(left, data.words.left, pair.a, pair.brusque_a)
      fillSide(right, data.words.right, pair.b, pair.brusque_b)
    }
    if (pair && parked) {
      parked = false
      if (held === box) left.button.focus()
    }
    bad.disabled = !pair
    undo.disabled = all < 1
    const many = number(all, 0, data.lang)
    counted.replaceChildren(
      element("b", { text: many }),
      ` ${data.of ? fill(data.words.counted_of, { n: number(data.of, 0, data.lang) }) : data.words.counted}`,
    )
    goal.style.display = data.goal && !data.of ? "" : "none"
    const shown = { n: number(Math.min(all, data.goal), 0, data.lang), of: number(data.goal, 0, data.lang) }
    howFar.textContent = all >= data.goal ? data.words.goal_reached : fill(data.words.goal, shown)
    filled.style.width = `${data.goal ? Math.min(100, 100 * all / data.goal) : 0}%`
    past.replaceChildren(...sides.slice(-SHOWN_PAST).map((choice) => element("i", { class: choice })))
    if (all) {
      past.append(
        element("span", {
          class: "soft",
          text: fill(data.words.sides, {
            left: number(lefts, 0, data.lang),
            right: number(rights, 0, data.lang),
            bad: number(all - lefts - rights, 0, data.lang),
          }),
        }),
      )
    }
    const chosen = newest &&
      (newest.choice === "both_bad" ? data.words.chose_both_bad : quoted(newest.answer || data.words.blank, data.lang))
    last.textContent = newest ? `${data.words.last} ${newest.question} ${chosen}` : ""
  }

  return {
    update(next) {
      const fresh = data && data.round !== next.round
      data = next
      if (fresh) {
        pending = []
        trail = []
      }
      if (data.heard?.mount === mount) pending = pending.filter((event) => event.n > data.heard.n)
      box.setAttribute("aria-label", data.words.label)
      badWord.textContent = data.words.both_bad
      undoWord.textContent = data.words.undo
      hint.textContent = data.words.keys
      draw()
    },
    destroy() {
      speak.stop()
    },
  }
})
