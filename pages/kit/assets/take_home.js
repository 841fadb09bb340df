// The small menu in a stage's head: its picture, its numbers, and a link that opens the same state.
// All of it happens in the browser; the server is not asked for anything.
import { component, element, speaker } from "./kit.js"

const CSS = `
.gb { position: static; }
.gb .open { width: 28px; height: 28px; display: grid; place-content: center; border: 1px solid transparent; border-radius: 7px; background: none; color: var(--soft); padding: 0; }
.gb .open:hover, .gb .open[aria-expanded=true] { color: var(--accent); border-color: var(--line); background: var(--card); }
.gb .open svg { width: 16px; height: 16px; display: block; }
.panel { position: absolute; right: 0; top: 32px; z-index: 30; width: min(290px, 86vw); padding: 8px; border: 1px solid var(--edge); border-radius: 10px; background: var(--card); box-shadow: 0 6px 22px rgb(0 0 0 / 18%); }
.panel[hidden] { display: none; }
.panel h3 { font: 600 14px/1.4 var(--sans); margin: 2px 8px 4px; }
.gb .panel button { display: block; width: 100%; text-align: left; border: 0; background: none; border-radius: 6px; padding: 6px 8px; min-height: 34px; }
.gb .panel button:hover { background: var(--accent-soft); }
.panel label { display: block; padding: 6px 8px 2px; font-size: 14px; }
.link { display: flex; gap: 6px; padding: 0 8px 4px; }
.link input { flex: 1; min-width: 0; font: 13px var(--mono); color: var(--ink); background: var(--card); border: 1px solid var(--edge); border-radius: 6px; padding: 4px 7px; min-height: 32px; }
.gb .panel .link button { width: auto; border: 1px solid var(--line); color: var(--accent); font-weight: 600; white-space: nowrap; }
.panel p { margin: 2px 8px 4px; font-size: 13px; color: var(--soft); }
@media (max-width: 640px), (pointer: coarse) { .gb .open { width: 44px; height: 44px; } .panel { top: 46px; } .gb .panel button, .link input { min-height: 44px; } }
`
const SIGN = "M8 1.5v8m0 0L5 6.6m3 2.9 3-2.9M2 10.5v3h12v-3"

/** The address of what is shown, without what opens a room's door. */
function address() {
  const here = new URL(location.href)
  here.searchParams.delete("token")
  return here.href
}

/** "2026-12-01", in the visitor's own time zone. */
const today = () => new Date(Date.now() - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 10)

/** "glassbox-training-2026-12-01.png": letters, digits and hyphens, which every system takes. */
function named(ending) {
  const page = location.pathname.split("/").filter(Boolean).at(-1)?.replace(/[^a-z0-9_]+/gi, "-") || "home"
  return `glassbox-${page}-${today()}.${ending}`
}

/** Offer bytes as a file. */
function save(content, ending, type) {
  const blob = content instanceof Blob ? content : new Blob([content], { type })
  const link = element("a", { href: URL.createObjectURL(blob), download: named(ending) })
  document.body.append(link)
  link.click()
  link.remove()
  setTimeout(() => URL.revokeObjectURL(link.href), 60000)
}

export default component(CSS, (root) => {
  const sign = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  sign.setAttribute("viewBox", "0 0 16 16")
  sign.setAttribute("aria-hidden", "true")
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path")
  for (
    const [name, value] of Object.entries({
      d: SIGN,
      fill: "none",
      stroke: "currentColor",
      "stroke-width": "1.5",
      "stroke-linecap": "round",
      "stroke-linejoin": "round",
    })
  ) path.setAttribute(name, value)
  sign.append(path)
  const open = element("button", { type: "button", class: "open", "aria-expanded": "false" }, sign)
  const title = element("h3")
  const [png, svg, csv] = ["png", "svg", "csv"].map((kind) => element("button", { type: "button", class: kind }))
  const field = element("input", { type: "text", readonly: true, spellcheck: "false", id: "gb-take-link" })
  const label = element("label", { for: "gb-take-link" })
  const copy = element("button", { type: "button", class: "copy" })
  const told = element("p", { hidden: true })
  const panel = element(
    "div",
    { class: "panel", role: "group", hidden: true },
    title,
    png,
    svg,
    csv,
    label,
    element("div", { class: "link" }, field, copy),
    told,
  )
  root.append(open, panel)
  const host = root.getRootNode() instanceof ShadowRoot ? root.getRootNode().host : root
  host.setAttribute("data-gb-not-in-picture", "")
  const speak = speaker(root)
  let words = {}

  const stage = () => host.closest('[class*="st-key-gb_card_"]')
  const words_ = (selector) => stage().querySelector(`.gb-head ${selector}`)?.textContent.trim() ?? ""
  const about = () => {
    const badge = words_(".gb-badge summary") || words_(".gb-badge")
    return {
      title: words_("h2") || document.querySelector("h1")?.textContent.trim() || document.title,
      badge,
      where: address(),
      when: today(),
    }
  }
  const tell = (sentence) => {
    told.hidden = !sentence
    told.textContent = sentence
    speak(sentence)
  }
  const picture = async () => {
    const { pictureOf } = await import("./stage_picture.js")
    const { title, badge, where, when } = about()
    return pictureOf(stage(), [title, [badge, when].filter(Boolean).join(" · "), where])
  }
  const doing = (make) => async () => {
    try {
      tell("")
      await make()
      tell(words.made)
    } catch (error) {
      console.error(error)
      tell(words.failed)
    }
  }
  png.addEventListener(
    "click",
    doing(async () => {
      const { pngOf } = await import("./svg_to_png.js")
      save(await pngOf(await picture()), "png", "image/png")
    }),
  )
  svg.addEventListener("click", doing(async () => save((await picture()).text, "svg", "image/svg+xml")))
  csv.addEventListener(
    "click",
    doing(async () => {
      const { numbersOf } = await import("./stage_numbers.js")
      const said = about()
      save(
        numbersOf(
          stage(),
          [["title", said.title], ["how", said.badge], ["address", said.where], ["date", said.when]],
          words.lang,
        ),
        "csv",
        "text/csv;charset=utf-8",
      )
    }),
  )
  copy.addEventListener("click", () => {
    // The clipboard of modern browsers needs https; this way works on a plain address in a workshop.
    field.focus()
    field.select()
    const done = document.execCommand("copy")
    tell(done ? words.copied : words.copy_yourself)
  })
  field.addEventListener("focus", () => field.select())

  const show = (isOpen) => {
    panel.hidden = !isOpen
    open.setAttribute("aria-expanded", String(isOpen))
    if (!isOpen) return
    tell("")
    field.value = address()
    const left = panel.getBoundingClientRect().left
    panel.style.right = left < 8 ? `${left - 8}px` : "0"
  }
  open.addEventListener("click", () => show(panel.hidden))
  const outside = (event) => {
    if (!panel.hidden && !event.composedPath().includes(root)) show(false)
  }
  const escape = (event) => {
    if (event.key !== "Escape" || panel.hidden) return
    event.stopPropagation()
    show(false)
    open.focus()
  }
  addEventListener("pointerdown", outside, true)
  root.addEventListener("keydown", escape)
  root.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !root.contains(event.relatedTarget)) show(false)
  })
  return {
    update(data) {
      words = data
      for (
        const [node, name] of [[title, "title"], [png, "png"], [svg, "svg"], [csv, "csv"], [label, "link"], [
          copy,
          "copy",
        ]]
      ) node.textContent = data[name]
      open.setAttribute("aria-label", data.title)
      open.title = data.title
      panel.setAttribute("aria-label", data.title)
    },
    destroy() {
      removeEventListener("pointerdown", outside, true)
    },
  }
})
