// Automatic playback under "watch": one step at a time at reading pace, until somebody points, focuses or stops it.
import { element } from "./kit.js"

/**
 * A button and a clock around `step`, which shows the next thing.
 *
 * It starts only when `set` says so, never for people who prefer reduced motion, and pauses while the page is hidden
 * or the pointer or focus is inside `root`.
 */
export function playing(root, step, paceMs) {
  const button = element("button", { type: "button", class: "act", hidden: true })
  const calm = matchMedia("(prefers-reduced-motion: reduce)")
  let words = {}, on = false, clock = 0
  const shown = () => {
    button.textContent = on ? words.pause : words.play
    clearInterval(clock)
    if (on) {
      clock = setInterval(() => {
        if (!document.hidden && !busy()) step()
      }, paceMs)
    }
  }
  const busy = () => root.matches(":hover") || (root.matches(":focus-within") && !button.matches(":focus"))
  button.addEventListener("click", () => {
    on = !on
    shown()
    if (on) step()
  })
  return {
    button,
    /** Show or hide it; shown again, it plays immediately. */
    set(offered, said) {
      words = said
      if (offered === button.hidden) {
        on = offered && !calm.matches
        button.hidden = !offered
      }
      shown()
    },
    /** Whether it is playing, so that not every step is announced. */
    get on() {
      return on
    },
    stop() {
      clearInterval(clock)
    },
  }
}
