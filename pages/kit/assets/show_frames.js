// The live pages inside the show: loaded ahead, brought to the part that is spoken of, and worked like a hand would.

const LOOK_MS = 80, STEADY_MS = 280, PATIENCE_MS = 40_000
const SETTLED = "[data-testid='stApp'][data-test-script-state='notRunning']"
const BUSY = "[data-testid='stSpinner'], [data-testid='stSkeleton'], .gb-waiting"
const GAP = 10 // pixels above the part that is looked at

export const quiet = () => matchMedia("(prefers-reduced-motion: reduce)").matches
const pause = (ms) => new Promise((done) => setTimeout(done, ms))

/** The first element that fits, also inside the open shadow roots of components. */
function find(root, selector) {
  const here = root.querySelector(selector)
  if (here) return here
  for (const each of root.querySelectorAll("*")) {
    const found = each.shadowRoot && find(each.shadowRoot, selector)
    if (found) return found
  }
  return null
}

/** Let a control be seen for a moment. */
function mark(control) {
  if (quiet()) return
  const glow = (spread, alpha) => ({ boxShadow: `0 0 0 ${spread}px rgba(179, 86, 31, ${alpha})` })
  control.animate([glow(0, 0.9), glow(4, 0.9), glow(14, 0)], { duration: 900 })
}

/** One frame. `touched()` is called when somebody works inside it; `key(event)` for every key pressed there. */
export class Frame {
  constructor(element, { touched, key }) {
    this.element = element
    this.url = ""
    this.turn = 0
    this.ready = Promise.resolve(false)
    this.isReady = false
    this.isTouched = false
    this.onTouch = touched
    this.onKey = key
    this.doc = null
  }

  /** Open a page; `ready` is fulfilled once the part that will be looked at is drawn. */
  load(url, part) {
    const turn = ++this.turn
    this.url = url
    this.isReady = false
    this.isTouched = false
    this.doc = null
    const old = this.element.contentDocument
    if (old) old.documentElement.dataset.gbShow = "leaving"
    this.element.contentWindow.location.replace(url)
    this.ready = this.#settle(turn, part)
    return this.ready
  }

  async #settle(turn, part) {
    const begun = performance.now()
    let steady = 0
    while (performance.now() - begun < PATIENCE_MS) {
      if (turn !== this.turn) return false
      steady = this.#isDrawn(part) ? steady + LOOK_MS : 0
      if (steady >= STEADY_MS) break
      await pause(LOOK_MS)
    }
    if (turn !== this.turn) return false
    this.isReady = true
    return true
  }

  #isDrawn(part) {
    const doc = this.element.contentDocument
    if (!doc?.head || !doc.body || doc.documentElement.dataset.gbShow === "leaving") return false
    if (doc !== this.doc && doc.location.pathname !== "blank") this.#adopt(doc)
    if (!doc.querySelector(SETTLED) || !doc.querySelector("h1") || doc.querySelector(BUSY)) return false
    return !part || this.#part(part)?.getBoundingClientRect().height > 20
  }

  /** A page has begun to load: hide what disturbs, and notice a hand or a key in it. */
  #adopt(doc) {
    if (!doc.querySelector("link[rel='stylesheet'][href*='theme.css']")) return
    this.doc = doc
    const sheet = doc.createElement("link")
    sheet.rel = "stylesheet"
    sheet.href = "/assets/show_page.css"
    doc.head.append(sheet)
    const touch = (event) => {
      if (!event.isTrusted) return
      this.isTouched = true
      this.onTouch()
    }
    for (const each of ["pointerdown", "wheel", "touchstart"]) {
      doc.addEventListener(each, touch, { capture: true, passive: true })
    }
    doc.addEventListener("keydown", (event) => this.onKey(event) || touch(event), true)
  }

  #part(part) {
    return this.doc?.querySelector(`.st-key-${CSS.escape(part)}`)
  }

  /** Scroll to a part of the page; without one to its top. */
  look(part, smoothly = false) {
    const doc = this.doc, sheet = doc?.querySelector("[data-testid='stMain']")
    if (!sheet) return
    const to = part ? this.#part(part) : null
    const top = to ? sheet.scrollTop + to.getBoundingClientRect().top - GAP : 0
    if (Math.abs(sheet.scrollTop - top) < 2) return
    sheet.scrollTo({ top, behavior: smoothly && !quiet() ? "smooth" : "instant" })
  }

  /** Do what a beat says, as long as `goesOn()` and not while `isHeld()`; waits are `speed` times shorter. */
  async press(all, speed, goesOn, isHeld) {
    const wait = async (s) => {
      await pause((1000 * s) / speed)
      while (goesOn() && isHeld()) await pause(LOOK_MS)
    }
    await Promise.all(all.map((one) => this.#one(one, wait, goesOn)))
  }

  async #one(one, wait, goesOn) {
    await wait(one.after)
    for (let i = 0; i < one.times; i++) {
      if (i) await wait(one.every)
      const control = goesOn() && this.#part(one.part) && find(this.#part(one.part), one.what)
      if (!control) return
      mark(control)
      if (one.to === "") control.click()
      else if (!await this.#slide(control, Number(one.to), () => wait(one.every), goesOn)) return
    }
  }

  /** Move a slider step by step, as a hand would. */
  async #slide(slider, to, wait, goesOn) {
    const step = Number(slider.step) || 1
    while (goesOn() && Math.abs(Number(slider.value) - to) > step / 2) {
      const before = slider.value
      slider.value = String(Number(before) + (Number(before) < to ? step : -step))
      if (slider.value === before) break // its end
      slider.dispatchEvent(new Event("input", { bubbles: true }))
      await wait()
    }
    slider.dispatchEvent(new Event("change", { bubbles: true }))
    return goesOn()
  }
}
