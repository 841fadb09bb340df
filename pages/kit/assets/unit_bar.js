// What the bar of a unit says: one line that stays, so that a screen reader hears it change, and a tick.
import { component, element } from "./kit.js"

const CSS = `
p { margin: 0; font-size: 16px; line-height: 1.45; max-width: 74ch; }
b { color: var(--accent); }
.tick { display: none; width: 22px; height: 22px; margin-right: 8px; border-radius: 50%; background: var(--value);
  color: var(--card); text-align: center; line-height: 22px; font-weight: 700; }
.done .tick { display: inline-block; animation: grow .35s ease-out; }
.done b { color: var(--value); }
@keyframes grow { from { transform: scale(.2); } to { transform: none; } }
@media (max-width: 760px) { p { font-size: 15px; } }
`

export default component(CSS, (root) => {
  const tick = element("span", { class: "tick", "aria-hidden": "true", text: "✓" })
  const head = element("b"), text = element("span")
  const line = element("p", { role: "status" }, tick, head, " ", text)
  root.append(line)
  return {
    update(data) {
      line.classList.toggle("done", data.done)
      if (head.textContent !== data.head) head.textContent = data.head
      if (text.textContent !== data.text) text.textContent = data.text
    },
  }
})
