// The six steps of a chain as one line: where you are, what each step has made, and what moves right now.
import { component, element, fill, number } from "./kit.js"
import { listen, listenToRun } from "./live.js"

const CSS = `
ol { list-style: none; margin: 0; padding: 0; display: grid; grid-template-columns: repeat(6, minmax(0, 1fr)); border-bottom: 1px solid var(--line); }
a { display: block; position: relative; height: 100%; padding: 6px 12px 11px 0; color: var(--soft); text-decoration: none; min-height: 44px; }
a::before { content: ""; position: absolute; left: 0; right: 12px; bottom: -1px; height: 3px; background: var(--line); }
a[data-whose=house]::before { background: var(--house); } a[data-whose=yours]::before { background: var(--yours); }
a[aria-current]::before { background: var(--accent); height: 4px; }
a b { display: block; font: 600 15px/1.35 var(--sans); color: var(--ink); overflow-wrap: anywhere; hyphens: auto; }
a:hover b, a[aria-current] b { color: var(--accent); }
a span { display: block; font: 13px/1.4 var(--mono); font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
a em { display: block; font: 12px/1.3 var(--sans); color: var(--soft); } a em:empty { display: none; }
a[data-whose=yours] em { color: var(--yours); }
a span.b { color: var(--valid); } a span.b::before { content: "◇ "; } a span.a::before { content: "◆ "; color: var(--yours); }
a.moving span.live::after { content: " ●"; font-size: 9px; vertical-align: 2px; color: var(--value); animation: beat 1.6s ease-in-out infinite; }
@keyframes beat { 50% { opacity: .25; } }
@media (max-width: 720px) {
  ol { display: flex; overflow-x: auto; scrollbar-width: none; scroll-snap-type: x proximity; }
  li { flex: 0 0 auto; min-width: 112px; scroll-snap-align: start; }
}
`

export default component(CSS, (root, { tell }) => {
  const list = element("ol")
  const nav = element("nav", {}, list)
  root.append(nav)
  let data, ends = []

  const build = () => {
    list.replaceChildren(...data.steps.map((step, i) => {
      const link = element("a", { href: step.href, "data-whose": step.whose, "aria-current": step.current ? "step" : null },
        element("b", { text: `${i + 1} ${step.label}` }))
      if (step.lanes) link.append(element("span", { class: "a live", text: step.lanes[0] }), element("span", { class: "b", text: step.lanes[1] }))
      else link.append(element("span", { class: "live", text: step.number }))
      link.append(element("em", { text: data.words.whose?.[step.whose] }))
      link.addEventListener("click", (event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return
        event.preventDefault()
        tell("go", { name: step.name, href: step.href })
      })
      return element("li", {}, link)
    }))
    const here = list.querySelector("[aria-current]")?.parentElement
    if (here && list.scrollWidth > list.clientWidth) list.scrollLeft = here.offsetLeft - 24
  }
  const move = (index, value, lane) => {
    const step = data.steps[index], link = list.children[index]?.firstChild
    if (!link || !Number.isFinite(value)) return
    const place = lane === "b" ? link.querySelector(".b") : link.querySelector(".live")
    if (place) place.textContent = fill(step.live?.sentence ?? "{n}", { n: number(value * (step.live?.factor ?? 1), step.live?.digits ?? 2, data.lang) })
    link.classList.add("moving")
    clearTimeout(link.calm)
    link.calm = setTimeout(() => link.classList.remove("moving"), 4000)
  }
  const say = (index, whose) => {
    const link = list.children[index].firstChild
    if (whose) link.dataset.whose = whose
    else delete link.dataset.whose
    link.querySelector("em").textContent = data.words.whose?.[whose] ?? ""
    if (!whose) link.querySelector(".live").textContent = data.words.none
  }
  return {
    update(next) {
      data = next
      nav.setAttribute("aria-label", data.words.label)
      ends.forEach((end) => end())
      build()
      ends = data.steps.flatMap((step, i) => (step.live?.runs ?? []).map(({ run, lane, after }) =>
        listenToRun(run, step.live.kind, after, (rows) => move(i, rows.at(-1)[step.live.field], lane))))
      if (data.follows) {
        ends.push(listen("ribbon", (message) => {
          data.steps.forEach((step, i) => {
            if (step.live?.slot !== message.kind) return
            if (message.lane === "a") say(i, message.whose)
            move(i, message.numbers[step.live.field], message.lane)
          })
        }))
      }
    },
    destroy() { ends.forEach((end) => end()) },
  }
})
