// Requests the next update of something still in progress, while it is mounted and its tab is visible.
import { component } from "./kit.js"

export default component("", (root, { tell }) => {
  let timer = 0, wait = 0
  const ask = () => {
    if (document.visibilityState === "visible") tell("due", performance.now())
  }
  return {
    update(data) {
      if (data.wait_ms === wait) return
      wait = data.wait_ms
      clearInterval(timer)
      timer = setInterval(ask, wait)
    },
    destroy() {
      clearInterval(timer)
    },
  }
})
