// The six steps of a chain as one line: where you are, what each step has made, and what is changing right now.
import { component, element, fill, number } from "./kit.js"
import { listen, listenToRun } from "./live.js"

const CSS = `
nav { display: flex; gap: 14px; align-items: stretch; }
ol { list-style: none; margin: 0; padding: 0; display: grid; grid-template-columns: repeat(6, minmax(0, 1fr)); flex: 1 1 0; min-width: 0; border-bottom: 1px solid var(--line); }
a { text-decoration: none; }
li a { display: block; position: relative; height: 100%; padding: 3px 10px 8px 0; color: var(--soft); min-height: 44px; }
li a::before { content: ""; position: absolute; left: 0; right: 10px; bottom: -1px; height: 3px; background: var(--line); }
li a[data-whose=house]::before { background: var(--house); } li a[data-whose=yours]::before { background: var(--yours); }
li a[aria-current]::before { background: var(--accent); height: 4px; }
li b { display: block; font: 600 15px/1.3 var(--sans); color: var(--ink); white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
li b i { font-style: normal; margin-right: 5px; }
li a:hover b, li a[aria-current] b { color: var(--accent); }
li span { display: block; font: 13px/1.3 var(--sans); font-variant-numeric: tabular-nums; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
li em { display: block; font: 12px/1.2 var(--sans); color: var(--yours); } li em:empty { display: none; }
li span.b { color: var(--valid); } li span.b::before { content: "◇ "; } li span.a::before { content: "◆ "; color: var(--yours); }
li a.moving span.live::after { content: " ●"; font-size: 9px; vertical-align: 2px; color: var(--value); animation: beat 1.6s ease-in-out infinite; }
a.on { display: flex; align-items: center; flex: 0 0 auto; align-self: center; max-width: 190px; padding: 6px 14px; border-radius: 7px; background: var(--accent); color: var(--on-accent); font: 600 14px/1.25 var(--sans); min-height: 32px; }
a.on::after { content: "→"; margin-left: 8px; }
.here { display: none; }
@keyframes beat { 50% { opacity: .25; } }
@media (max-width: 720px) {
  nav { flex-wrap: wrap; gap: 0; align-items: center; }
  ol { flex: 1 1 100%; }
  li a { padding: 0; min-height: 44px; display: grid; place-items: center; }
  li a::before { right: 3px; }
  li b { font-size: 0; } li b i { font-size: 16px; margin: 0; }
  li span, li em { display: none; }
  .here { display: block; flex: 1 1 30%; min-width: 0; font: 600 14px/1.2 var(--sans); color: var(--ink); white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
  a.on { display: block; max-width: 70%; height: 30px; min-height: 0; line-height: 30px; padding: 0 0 0 10px; background: none; color: var(--accent); white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
}
`

export default component(CSS, (root, { tell }) => {
  const list = element("ol")
  const here = element("div", { class: "here", "aria-hidden": "true" })
  const on = element("a", { class: "on" })
  const nav = element("nav", {}, list, here, on)
  root.append(nav)
  let data, ends = []

  const opens = (link, place) =>
    link.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return
      event.preventDefault()
      tell("go", { name: place().name, href: place().href })
    })
  opens(on, () => data.next)
  const build = () => {
    here.textContent = data.here
    on.textContent = data.next.label
    on.href = data.next.href
    list.replaceChildren(...data.steps.map((step, i) => {
      const title = [step.label, step.number, data.words.whose?.[step.whose]].filter(Boolean).join(" · ")
      const link = element("a", {
        href: step.href,
        title,
        "data-whose": step.whose,
        "aria-current": step.current ? "step" : null,
      }, element("b", {}, element("i", { text: i + 1 }), step.label))
      if (step.lanes) {
        link.append(
          element("span", { class: "a live", text: step.lanes[0] }),
          element("span", { class: "b", text: step.lanes[1] }),
        )
      } else link.append(element("span", { class: "live", text: step.number }))
      link.append(element("em", { text: step.whose === "yours" ? data.words.whose.yours : "" }))
      opens(link, () => step)
      return element("li", {}, link)
    }))
  }
  const move = (index, value, lane, whose) => {
    const step = data.steps[index], link = list.children[index]?.firstChild
    if (!link || !Number.isFinite(value)) return
    const place = lane === "b" ? link.querySelector(".b") : link.querySelector(".live")
    if (place) {
      place.textContent = fill((whose === "house" && step.live?.example) || (step.live?.sentence ?? "{n}"), {
        n: number(value * (step.live?.factor ?? 1), step.live?.digits ?? 2, data.lang),
      })
    }
    link.classList.add("moving")
    clearTimeout(link.calm)
    link.calm = setTimeout(() => link.classList.remove("moving"), 4000)
  }
  const say = (index, whose) => {
    const link = list.children[index].firstChild
    if (whose) link.dataset.whose = whose
    else delete link.dataset.whose
    link.querySelector("em").textContent = whose === "yours" ? data.words.whose.yours : ""
    if (!whose) link.querySelector(".live").textContent = data.steps[index].none ?? data.words.none
  }
  return {
    update(next) {
      data = next
      nav.setAttribute("aria-label", data.words.label)
      ends.forEach((end) => end())
      build()
      ends = data.steps.flatMap((step, i) =>
        (step.live?.runs ?? []).map(({ run, lane, after }) =>
          listenToRun(run, step.live.kind, after, (rows) => move(i, rows.at(-1)[step.live.field], lane))
        )
      )
      if (data.follows) {
        ends.push(listen("ribbon", (message) => {
          data.steps.forEach((step, i) => {
            if (message.modality !== data.modality || step.live?.slot !== message.kind) return
            if (message.lane === "a") say(i, message.whose)
            move(i, message.numbers[step.live.field], message.lane, message.whose)
          })
        }))
      }
    },
    destroy() {
      ends.forEach((end) => end())
    },
  }
})
