// The filters in a row, each with a switch and a position in the order, and below them the text: as changed by
// all of them together, or as a single one left it. Kind and rule of a finding follow pointer and focus.
import { component, element, fill, quiet, speaker } from "./kit.js"

const CSS = `
.row { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0 10px; align-items: stretch; margin: 0 0 8px; }
.all { border: 1px solid var(--edge); border-radius: 8px; background: none; padding: 4px 10px; font: 600 14px/1.25 var(--sans); color: var(--ink); }
.all:disabled { border-color: transparent; padding: 4px 4px 4px 0; font-weight: 400; color: var(--soft); }
.all[aria-pressed="true"] { border-color: var(--accent); background: var(--accent-soft); color: var(--accent); }
ol.line { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 5px; margin: 0; padding: 0; }
ol.line li { display: flex; align-items: center; border: 1px solid var(--line); border-radius: 8px; padding: 0 7px 0 5px; min-height: 42px; cursor: grab; }
ol.line li.chosen { border-color: var(--accent); background: var(--accent-soft); } ol.line li.over { background: var(--accent-soft); }
ol.line input { width: 17px; height: 17px; margin: 0 5px 0 0; accent-color: var(--accent); cursor: pointer; flex: none; }
.name { border: 0; background: none; padding: 3px 0; font: 600 14px/1.2 var(--sans); color: var(--ink); text-align: left; }
.name small { display: block; font: 12.5px/1.25 var(--sans); color: var(--soft); } li.changes .name small { color: var(--accent); font-weight: 600; }
li.wrong .name small { color: var(--warn); font-weight: 600; }
li.off .name { color: var(--soft); font-weight: 400; }
.bar { display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: center; margin: 0 0 6px; min-height: 32px; }
.about { margin: 0; flex: 1 1 300px; font-size: 14px; line-height: 1.35; color: var(--soft); } .about b { color: var(--ink); }
.run { flex: none; } .text.fresh .mark { animation: come .35s both; animation-delay: calc(var(--n) * 110ms); }
@keyframes come { from { opacity: 0; } } @media (prefers-reduced-motion: reduce) { .text.fresh .mark { animation: none; } }
.hands { display: flex; gap: 4px; } .hands button, .mode { border: 1px solid var(--line); background: none; color: var(--soft); min-height: 30px; padding: 0 9px; border-radius: 6px; font: 14px var(--sans); }
.hands button:hover:not(:disabled), .mode:hover { color: var(--accent); border-color: var(--accent); } .hands button:disabled { opacity: .35; cursor: default; }
.mode[aria-pressed="true"] { border-color: var(--accent); color: var(--accent); background: var(--accent-soft); }
.both { display: grid; grid-template-columns: minmax(0, 1.75fr) minmax(240px, 1fr); gap: 0 28px; align-items: start; }
.text { margin: 0; font: 16.5px/1.5 var(--serif); white-space: pre-wrap; overflow-wrap: anywhere; max-height: 330px; overflow: auto; padding: 2px 4px 4px 2px; min-height: 120px; }
.text del { color: var(--soft); text-decoration: line-through; text-decoration-thickness: 1.5px; }
.text ins { text-decoration: none; color: var(--accent); font-weight: 600; border-bottom: 2px solid var(--accent); }
.text .mark { border-radius: 3px; cursor: help; } .text .mark.lit, .text .mark:hover { background: var(--accent-soft); outline: 1px solid var(--accent); }
.text .seen { border-bottom: 2px dashed var(--value); }
.text .seen.bad { border-bottom: 3px double var(--warn); background: color-mix(in srgb, var(--warn) 9%, transparent); }
.text .flag { color: var(--warn); font: 600 13px var(--sans); margin-left: 4px; white-space: nowrap; }
.text .held { color: var(--soft); opacity: .7; border-bottom: 1px dotted var(--edge); }
.text .stop { color: var(--warn); font: 15px/1.5 var(--sans); }
.busy { opacity: .5; }
ul.found:empty { border: 0; } ul.found { list-style: none; margin: 0; padding: 0; max-height: 330px; overflow: auto; border-top: 1px solid var(--line); }
ul.found li { border-bottom: 1px solid var(--line); padding: 4px 2px; font-size: 14px; line-height: 1.4; overflow-wrap: anywhere; }
ul.found li.lit { background: var(--accent-soft); } ul.found b { font-weight: 600; } ul.found .why { color: var(--soft); font-size: 13px; }
ul.found .knows { margin: 3px 0 2px; padding-left: 9px; border-left: 2px solid var(--line); color: var(--soft); font-size: 13px; }
ul.found li.bad b, ul.found li.bad .why { color: var(--warn); } ul.found li.bad b::before { content: "✗ "; }
ul.found del { color: var(--soft); } ul.found ins { text-decoration: none; color: var(--accent); font-weight: 600; }
.wait { font: 13px var(--mono); color: var(--soft); white-space: nowrap; }
@media (max-width: 640px) {
  .both { grid-template-columns: minmax(0, 1fr); gap: 10px; } .text { max-height: 46vh; font-size: 16px; } ul.found { max-height: none; }
  .row { grid-template-columns: minmax(0, 1fr); gap: 6px; } .all { justify-self: start; } ol.line { flex-wrap: nowrap; overflow-x: auto; padding-bottom: 4px; } ol.line li { flex: none; }
  .about { flex-basis: 100%; } .about.whole, .hands:empty, .wait:empty { display: none; } .bar { min-height: 0; }
}
`
const BEAT_MS = 70
const WHOLE = "*" // all filters together

export default component(CSS, (root, { tell }) => {
  const line = element("ol", { class: "line" })
  const all = element("button", {
    class: "all",
    type: "button",
    onclick: () => {
      shown = WHOLE
      reveal()
      setMode("leaves")
      drawLine()
    },
  })
  const asItArrives = element("button", {
    class: "mode",
    type: "button",
    onclick: () => {
      reveal()
      drawLine()
      setMode(mode === "arrives" ? "leaves" : "arrives")
      if (mode === "leaves") tell("mode", "leaves")
    },
  })
  const run = element("button", {
    class: "act run",
    type: "button",
    onclick: () => {
      raw = !raw
      fresh = !raw
      shown = WHOLE
      setMode("leaves")
      drawLine()
      if (!raw && data.waits) tell("ran", true)
    },
  })
  const hands = element("div", { class: "hands" }), wait = element("span", { class: "wait" })
  const text = element("p", { class: "text", tabindex: "0", role: "group" })
  const about = element("p", { class: "about" })
  const found = element("ul", { class: "found", tabindex: "0" })
  root.append(
    element("div", { class: "row" }, all, line),
    element("div", { class: "bar" }, run, about, hands, wait, asItArrives),
    element("div", { class: "both" }, text, found),
  )
  const speak = speaker(root)
  let data, order = [], shown = WHOLE, raw = null, fresh = false, mode = "leaves", beat = 0, at = 0, dragged = null

  const setting = () => order.map(({ name, on }) => ({ name, on }))
  /** From now on the text is shown as the filters leave it. */
  const reveal = () => {
    fresh = false
    if (raw) {
      raw = false
      if (data.waits) tell("ran", true)
    }
  }
  const send = (focus) => {
    raw = fresh = false
    text.classList.add("busy")
    drawLine(focus)
    tell("line", setting())
  }
  const move = (index, by) => {
    const [one] = order.splice(index, 1)
    order.splice(index + by, 0, one)
    send([one.name, by < 0 ? "before" : "after"])
  }
  const drop = (from, to) => {
    if (from !== to) {
      const [one] = order.splice(from, 1)
      order.splice(to, 0, one)
      send([one.name, "name"])
    }
  }
  const light = (index) => {
    for (const place of [text, found]) {
      place.querySelectorAll("[data-i]").forEach((one) => one.classList.toggle("lit", Number(one.dataset.i) === index))
    }
  }

  const place = (name) => order.findIndex((one) => one.name === name)
  const drawLine = (focus) => {
    all.setAttribute("aria-pressed", String(!raw && shown === WHOLE && mode === "leaves"))
    all.textContent = fill(data.words.all, { n: order.filter((one) => one.on).length, all: order.length })
    all.disabled = raw // nothing to come back to yet: it only counts
    run.textContent = raw ? data.words.run : data.words.back
    run.classList.toggle("first", raw)
    line.replaceChildren(...order.map((one, i) => {
      const step = data.steps[one.name], wrong = !raw && one.on && step?.parts.some((part) => part.bad)
      const press = element(
        "button",
        {
          class: "name",
          type: "button",
          "aria-pressed": String(one.name === shown),
          "data-at": "name",
          onclick: () => {
            shown = one.name
            reveal()
            setMode("leaves")
            drawLine([one.name, "name"])
          },
        },
        one.label,
        element("small", { text: one.on ? (!raw && one.said) || data.words.on : data.words.off }),
      )
      const box = element("input", {
        type: "checkbox",
        "aria-label": fill(data.words.use, { name: one.label }),
        "data-at": "use",
      })
      box.checked = one.on
      box.addEventListener("change", () => {
        one.on = box.checked
        if (shown !== WHOLE) shown = one.on ? one.name : WHOLE
        send([one.name, "use"])
      })
      const kinds = [
        one.on ? "" : "off",
        !raw && one.on && one.n ? "changes" : "",
        wrong ? "wrong" : "",
        one.name === shown ? "chosen" : "",
      ]
      const item = element(
        "li",
        { class: kinds.filter(Boolean).join(" "), draggable: "true", title: one.about, "data-name": one.name },
        box,
        press,
      )
      item.addEventListener("dragstart", (event) => {
        dragged = i
        event.dataTransfer?.setData("text/plain", one.name)
      })
      item.addEventListener("dragover", (event) => {
        event.preventDefault()
        item.classList.add("over")
      })
      item.addEventListener("dragleave", () => item.classList.remove("over"))
      item.addEventListener("drop", (event) => {
        event.preventDefault()
        item.classList.remove("over")
        if (dragged !== null) drop(dragged, i)
        dragged = null
      })
      return item
    }))
    drawHands()
    if (!focus) return
    const item = [...line.children].find((one) => one.dataset.name === focus[0])
    const wanted = (["before", "after"].includes(focus[1]) ? hands : item)?.querySelector(`[data-at="${focus[1]}"]`)
    ;(wanted?.disabled ? item.querySelector('[data-at="name"]') : wanted)?.focus()
  }
  /** The arrows that move the selected filter. */
  const drawHands = () => {
    const i = place(shown)
    if (i < 0 || mode !== "leaves") {
      hands.replaceChildren()
      return
    }
    const name = order[i].label
    const before = element("button", {
      type: "button",
      "aria-label": fill(data.words.before, { name }),
      title: fill(data.words.before, { name }),
      text: "←",
      "data-at": "before",
      onclick: () => move(i, -1),
    })
    const after = element("button", {
      type: "button",
      "aria-label": fill(data.words.after, { name }),
      title: fill(data.words.after, { name }),
      text: "→",
      "data-at": "after",
      onclick: () => move(i, 1),
    })
    before.disabled = i === 0
    after.disabled = i === order.length - 1
    hands.replaceChildren(before, after)
  }

  const drawStep = () => {
    const one = order[place(shown)], step = data.steps[shown]
    about.classList.toggle("whole", shown === WHOLE && !raw)
    text.classList.toggle("fresh", fresh)
    if (raw) {
      about.textContent = data.words.came
      text.replaceChildren(data.text)
      found.replaceChildren()
      return
    }
    if (shown === WHOLE) about.textContent = data.words.all_about
    else {about.replaceChildren(
        element("b", { text: one?.label ?? "" }),
        one?.on ? ` · ${one.about}${one.time ? ` (${one.time})` : ""}` : ` · ${data.words.off}. ${one?.about ?? ""}`,
      )}
    if (!step) {
      text.replaceChildren(one?.on ? element("span", { class: "stop", text: data.words.unreached }) : data.text)
      found.replaceChildren()
      return
    }
    const rows = [], known = new Map()
    text.replaceChildren(...step.parts.map((part, i) => {
      if (part.text !== undefined) return document.createTextNode(part.text)
      const index = known.get(part.row) ?? rows.length
      const marked = element("span", {
        class: "mark",
        tabindex: "0",
        "data-i": index,
        style: `--n: ${index}`,
        title: `${part.kind} · ${part.rule}`,
      })
      if (part.new === null) marked.append(element("span", { class: part.bad ? "seen bad" : "seen", text: part.old }))
      else {
        if (part.old) marked.append(element("del", { text: part.old }), " ")
        if (part.new) marked.append(element("ins", { text: part.new }))
      }
      const isLast = part.row === undefined || step.parts[i + 1]?.row !== part.row
      if (part.bad && part.new === null && isLast) {
        marked.append(element("span", { class: "flag", text: `✗ ${part.kind}` }))
      }
      const say = () => {
        light(index)
        speak(`${part.kind}, ${part.rule}`)
      }
      marked.addEventListener("pointerenter", () => light(index))
      marked.addEventListener("focus", say)
      marked.addEventListener("pointerleave", () => light(-1))
      marked.addEventListener("blur", () => light(-1))
      if (part.row !== undefined && known.has(part.row)) return marked
      if (part.row !== undefined) known.set(part.row, index)
      const row = element(
        "li",
        { "data-i": index, class: part.bad ? "bad" : "" },
        element("b", { text: part.kind }),
        " ",
        element("span", { class: "why", text: part.rule }),
        element("br"),
      )
      const old = part.whole ?? part.old
      if (part.new === null) row.append(old)
      else {row.append(
          ...(part.old ? [element("del", { text: part.old }), " "] : []),
          element("ins", { text: part.new || data.words.removed }),
        )}
      if (part.knows && !rows.some((one) => one.querySelector(".knows"))) {
        row.append(element("p", { class: "knows", text: part.knows }))
      }
      row.addEventListener("pointerenter", () => light(index))
      row.addEventListener("pointerleave", () => light(-1))
      rows.push(row)
      return marked
    }))
    if (step.held_back) text.append("\n", element("span", { class: "stop", text: data.words.held_back }))
    const wrongFirst = [...rows].sort((a, b) => b.classList.contains("bad") - a.classList.contains("bad")) // what is wrong comes first
    found.replaceChildren(
      ...(wrongFirst.length ? wrongFirst : [element("li", { class: "soft", text: data.words.nothing })]),
    )
  }

  const drawStream = () => {
    const frame = data.stream.frames[Math.min(at, data.stream.frames.length - 1)]
    if (!frame) {
      text.replaceChildren()
      return
    }
    text.replaceChildren(data.stream.text.slice(0, frame.out), element("span", { class: "held", text: frame.held }))
    wait.textContent = fill(data.words.waiting, { n: frame.held.length })
    text.scrollTop = text.scrollHeight
  }
  const play = () => {
    clearInterval(beat)
    at = quiet() ? data.stream.frames.length - 1 : 0
    drawStream()
    beat = setInterval(() => {
      if (at >= data.stream.frames.length - 1) {
        clearInterval(beat)
        speak(data.words.arrived)
        return
      }
      at += 1
      drawStream()
    }, BEAT_MS)
  }
  const setMode = (next) => {
    mode = next
    clearInterval(beat)
    asItArrives.setAttribute("aria-pressed", String(mode === "arrives"))
    drawHands()
    all.setAttribute("aria-pressed", String(!raw && shown === WHOLE && mode === "leaves"))
    if (mode === "leaves") {
      wait.textContent = ""
      drawStep()
    } else if (!data.stream) {
      text.classList.add("busy")
      tell("mode", mode)
    } else {
      about.classList.remove("whole")
      about.textContent = data.stream.note
      found.replaceChildren()
      play()
    }
  }

  return {
    update(next) {
      data = next
      raw ??= data.waits
      order = data.line.map((one) => ({ ...one }))
      if (!shown || (shown !== WHOLE && place(shown) < 0)) shown = WHOLE
      text.classList.remove("busy")
      text.setAttribute("aria-label", data.words.text)
      line.setAttribute("aria-label", data.words.line)
      found.setAttribute("aria-label", data.words.found)
      asItArrives.textContent = data.words.arrives
      const focused = root.getRootNode().activeElement
      const where = focused?.closest?.("li[data-name]")?.dataset.name ?? (focused?.closest?.(".hands") ? shown : null)
      drawLine(where ? [where, focused.dataset.at] : null)
      setMode(mode)
    },
    destroy() {
      clearInterval(beat)
    },
  }
})
