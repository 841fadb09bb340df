// What moves by itself under "watch": one step at a reading pace, until somebody points, focuses or stops it.
import { element } from "./kit.js"

/**
 * A button and a clock around `step`, which shows the next thing.
 *
 * It starts only when `set` says so, never for those who asked for less motion, and rests while the page is hidden
 * or a hand or the focus is inside `root`.
 */
export function playing(root, step, paceMs) {
  const button = element("button", { type: "button", class: "act", hidden: true })
  const calm = matchMedia("(prefers-reduced-motion: reduce)")
  let words = {}, on = false, clock = 0
  const shown = () => {
    button.textContent = on ? words.pause : words.play
    clearInterval(clock)
    if (on) clock = setInterval(() => { if (!document.hidden && !busy()) step() }, paceMs)
  }
  const busy = () => root.matches(":hover") || (root.matches(":focus-within") && !button.matches(":focus"))
  button.addEventListener("click", () => { on = !on; shown(); if (on) step() })
  return {
    button,
    /** Offer it or take it away; offered anew it plays at once. */
    set(offered, said) {
      words = said
      if (offered === button.hidden) { on = offered && !calm.matches; button.hidden = !offered }
      shown()
    },
    /** Whether it moves right now, so that nothing is spoken at every step. */
    get on() { return on },
    stop() { clearInterval(clock) },
  }
}
