// A line of stages, each a switch and a place in the order, and under it the text as it leaves the chosen one.
// What a stage struck out and what it wrote stand side by side in the text; kind and rule follow pointer and focus.
import { component, element, fill, quiet, speaker } from "./kit.js"

const CSS = `
ol.line { list-style: none; display: flex; flex-wrap: wrap; gap: 6px 0; margin: 0 0 12px; padding: 0; counter-reset: place; }
ol.line li { display: flex; flex-direction: column; min-width: 98px; flex: 1 1 98px; max-width: 190px; position: relative; padding: 0 14px 0 0; }
ol.line li::after { content: "→"; position: absolute; right: 1px; top: 7px; color: var(--soft); font-size: 13px; }
ol.line li:last-child::after { content: ""; }
ol.line li.over { background: var(--accent-soft); border-radius: 7px; }
.name { text-align: left; border: 0; border-bottom: 3px solid var(--line); background: none; padding: 5px 2px 5px; min-height: 50px; display: flex; flex-direction: column; }
.name b { font: 600 15px/1.25 var(--sans); } .name small { font: 13px/1.3 var(--sans); color: var(--soft); }
.name[aria-pressed="true"] { border-bottom-color: var(--accent); } .name[aria-pressed="true"] b { color: var(--accent); }
.name.changes small { color: var(--ink); font-weight: 600; }
li.off .name b { color: var(--soft); font-weight: 400; }
.hands { display: flex; gap: 2px; align-items: center; min-height: 28px; }
.hands button { border: 0; background: none; color: var(--soft); min-width: 24px; min-height: 26px; padding: 0 4px; border-radius: 5px; }
.hands button:hover:not(:disabled) { color: var(--accent); background: var(--accent-soft); } .hands button:disabled { opacity: .3; cursor: default; }
.hands input { width: 17px; height: 17px; margin: 0 4px 0 2px; accent-color: var(--accent); cursor: pointer; }
li[draggable="true"] { cursor: grab; }
.modes { display: flex; flex-wrap: wrap; gap: 6px 10px; align-items: center; margin: 0 0 8px; }
.modes .soft { flex: 1 1 240px; }
.modes .act[aria-pressed="true"] { border-color: var(--accent); background: var(--accent-soft); }
.both { display: grid; grid-template-columns: minmax(0, 1.9fr) minmax(220px, 1fr); gap: 0 28px; align-items: start; }
.text { margin: 0; font: 17px/1.5 var(--serif); white-space: pre-wrap; overflow-wrap: anywhere; max-height: 252px; overflow: auto; padding: 2px 4px 4px 2px; min-height: 120px; }
.text del { color: var(--soft); text-decoration: line-through; text-decoration-thickness: 1.5px; }
.text ins { text-decoration: none; color: var(--accent); font-weight: 600; border-bottom: 2px solid var(--accent); }
.text .mark { border-radius: 3px; cursor: help; } .text .mark.lit, .text .mark:hover { background: var(--accent-soft); outline: 1px solid var(--accent); }
.text .seen { border-bottom: 2px dashed var(--valid); }
.text .held { color: var(--soft); opacity: .7; border-bottom: 1px dotted var(--edge); }
.text .stop { color: var(--warn); font: 15px/1.5 var(--sans); }
.busy { opacity: .5; }
.about { margin: 0 0 6px; min-height: 22px; font-size: 14px; color: var(--soft); } .about b { color: var(--ink); }
ul.found { list-style: none; margin: 0; padding: 0; max-height: 222px; overflow: auto; border-top: 1px solid var(--line); }
ul.found li { border-bottom: 1px solid var(--line); padding: 4px 2px; font-size: 14px; line-height: 1.4; overflow-wrap: anywhere; }
ul.found li.lit { background: var(--accent-soft); } ul.found b { font-weight: 600; } ul.found code { font: 12.5px var(--mono); color: var(--soft); }
ul.found del { color: var(--soft); } ul.found ins { text-decoration: none; color: var(--accent); font-weight: 600; }
.wait { font: 13px var(--mono); color: var(--soft); white-space: nowrap; }
@media (max-width: 640px) { .both { grid-template-columns: minmax(0, 1fr); } ol.line li { max-width: none; flex-basis: 40%; } .text, ul.found { max-height: none; } }
`
const BEAT_MS = 70

export default component(CSS, (root, { tell }) => {
  const line = element("ol", { class: "line" })
  const asItLeaves = element("button", { class: "act", type: "button", onclick: () => { setMode("leaves"); tell("mode", "leaves") } })
  const asItArrives = element("button", { class: "act", type: "button", onclick: () => setMode("arrives") })
  const note = element("span", { class: "soft" }), wait = element("span", { class: "wait" })
  const text = element("p", { class: "text", tabindex: "0", role: "group" })
  const about = element("p", { class: "about" })
  const found = element("ul", { class: "found", tabindex: "0" })
  root.append(line, element("div", { class: "modes" }, asItLeaves, asItArrives, wait, note),
    element("div", { class: "both" }, text, element("div", {}, about, found)))
  const speak = speaker(root)
  let data, order = [], shown = null, mode = "leaves", beat = 0, at = 0, dragged = null

  const setting = () => order.map(({ name, on }) => ({ name, on }))
  const send = (focus) => {
    text.classList.add("busy")
    drawLine(focus)
    tell("line", setting())
  }
  const move = (index, by) => {
    const [one] = order.splice(index, 1)
    order.splice(index + by, 0, one)
    send([one.name, by < 0 ? "before" : "after"])
  }
  const drop = (from, to) => { if (from !== to) { const [one] = order.splice(from, 1); order.splice(to, 0, one); send([one.name, "name"]) } }
  const light = (index) => {
    for (const place of [text, found]) place.querySelectorAll("[data-i]").forEach((one) => one.classList.toggle("lit", Number(one.dataset.i) === index))
  }

  const drawLine = (focus) => {
    line.replaceChildren(...order.map((one, i) => {
      const label = one.label
      const press = element("button", { class: one.n ? "name changes" : "name", type: "button", "aria-pressed": String(one.name === shown), "data-at": "name", onclick: () => { shown = one.name; setMode("leaves"); drawLine([one.name, "name"]) } },
        element("b", { text: label }), element("small", { text: one.on ? one.said : data.words.off }))
      const box = element("input", { type: "checkbox", "aria-label": fill(data.words.use, { name: label }), "data-at": "use" })
      box.checked = one.on
      box.addEventListener("change", () => { one.on = box.checked; if (one.on) shown = one.name; send([one.name, "use"]) })
      const before = element("button", { type: "button", "aria-label": fill(data.words.before, { name: label }), text: "‹", "data-at": "before", onclick: () => move(i, -1) })
      const after = element("button", { type: "button", "aria-label": fill(data.words.after, { name: label }), text: "›", "data-at": "after", onclick: () => move(i, 1) })
      before.disabled = i === 0
      after.disabled = i === order.length - 1
      const item = element("li", { class: one.on ? "" : "off", draggable: "true", title: one.about, "data-name": one.name }, press, element("div", { class: "hands" }, box, before, after))
      item.addEventListener("dragstart", (event) => { dragged = i; event.dataTransfer?.setData("text/plain", one.name) })
      item.addEventListener("dragover", (event) => { event.preventDefault(); item.classList.add("over") })
      item.addEventListener("dragleave", () => item.classList.remove("over"))
      item.addEventListener("drop", (event) => { event.preventDefault(); item.classList.remove("over"); if (dragged !== null) drop(dragged, i); dragged = null })
      return item
    }))
    if (focus) {
      const item = [...line.children].find((one) => one.dataset.name === focus[0])
      const wanted = item?.querySelector(`[data-at="${focus[1]}"]`)
      ;(wanted?.disabled ? item.querySelector('[data-at="use"]') : wanted)?.focus()
    }
  }

  const drawStep = () => {
    const one = order.find(({ name }) => name === shown), step = data.steps[shown]
    about.replaceChildren(element("b", { text: one?.label ?? "" }), one?.on ? ` · ${one.about}` : ` · ${data.words.off}`)
    if (!step) {
      text.replaceChildren(one?.on ? element("span", { class: "stop", text: data.words.unreached }) : data.text)
      found.replaceChildren()
      return
    }
    const rows = []
    text.replaceChildren(...step.parts.map((part) => {
      if (part.text !== undefined) return document.createTextNode(part.text)
      const index = rows.length
      const marked = element("span", { class: "mark", tabindex: "0", "data-i": index, title: `${part.kind} · ${part.rule}` })
      if (part.new === null) marked.append(element("span", { class: "seen", text: part.old }))
      else {
        if (part.old) marked.append(element("del", { text: part.old }))
        if (part.new) marked.append(element("ins", { text: part.new }))
      }
      const say = () => { light(index); speak(`${part.kind}, ${part.rule}`) }
      marked.addEventListener("pointerenter", () => light(index))
      marked.addEventListener("focus", say)
      marked.addEventListener("pointerleave", () => light(-1))
      marked.addEventListener("blur", () => light(-1))
      const row = element("li", { "data-i": index }, element("b", { text: part.kind }), " ", element("code", { text: part.rule }), element("br"))
      if (part.new === null) row.append(part.old)
      else row.append(...(part.old ? [element("del", { text: part.old }), " "] : []), element("ins", { text: part.new || data.words.removed }))
      row.addEventListener("pointerenter", () => light(index))
      row.addEventListener("pointerleave", () => light(-1))
      rows.push(row)
      return marked
    }))
    if (step.held_back) text.append("\n", element("span", { class: "stop", text: data.words.held_back }))
    found.replaceChildren(...(rows.length ? rows : [element("li", { class: "soft", text: data.words.nothing })]))
  }

  const drawStream = () => {
    const frame = data.stream.frames[Math.min(at, data.stream.frames.length - 1)]
    if (!frame) { text.replaceChildren(); return }
    text.replaceChildren(data.stream.text.slice(0, frame.out), element("span", { class: "held", text: frame.held }))
    wait.textContent = fill(data.words.waiting, { n: frame.held.length })
    text.scrollTop = text.scrollHeight
  }
  const play = () => {
    clearInterval(beat)
    at = quiet() ? data.stream.frames.length - 1 : 0
    drawStream()
    beat = setInterval(() => {
      if (at >= data.stream.frames.length - 1) { clearInterval(beat); speak(data.words.arrived); return }
      at += 1
      drawStream()
    }, BEAT_MS)
  }
  const setMode = (next) => {
    mode = next
    clearInterval(beat)
    asItLeaves.setAttribute("aria-pressed", String(mode === "leaves"))
    asItArrives.setAttribute("aria-pressed", String(mode === "arrives"))
    note.textContent = mode === "leaves" ? data.words.leaves_note : data.words.arrives_note
    if (mode === "leaves") { wait.textContent = ""; drawStep() } else if (!data.stream) {
      text.classList.add("busy")
      tell("mode", mode)
    } else {
      about.textContent = data.stream.note
      found.replaceChildren()
      play()
    }
  }

  return {
    update(next) {
      const signature = JSON.stringify([data?.line.map((one) => one.name), data?.text])
      data = next
      order = data.line.map((one) => ({ ...one }))
      const known = order.some(({ name }) => name === shown)
      if (!known || signature !== JSON.stringify([data.line.map((one) => one.name), data.text])) {
        if (!known || !data.steps[shown]) shown = (order.find((one) => one.on && one.n) ?? order.find((one) => one.on) ?? order[0])?.name
      }
      text.classList.remove("busy")
      text.setAttribute("aria-label", data.words.text)
      line.setAttribute("aria-label", data.words.line)
      found.setAttribute("aria-label", data.words.found)
      asItLeaves.textContent = data.words.leaves
      asItArrives.textContent = data.words.arrives
      const focused = root.getRootNode().activeElement
      const where = focused?.closest?.("li[data-name]")
      drawLine(where ? [where.dataset.name, focused.dataset.at] : null)
      setMode(mode)
    },
    destroy() { clearInterval(beat) },
  }
})
