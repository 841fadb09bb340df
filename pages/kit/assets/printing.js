// A button that prints the page, or saves it as a PDF: the browser's own dialog does the rest.
import { component, element } from "./kit.js"

export default component("", (root) => {
  const button = element("button", { type: "button", class: "act" })
  button.addEventListener("click", () => window.print())
  root.append(button)
  return {
    update(data) {
      button.textContent = data.label
    },
  }
})
